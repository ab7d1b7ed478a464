//! What the code that starts the application says about one bind.

use std::fmt;

use crate::binding::Binding;
use crate::configure::Configure;
use crate::target::Target;

type SettingsOf<B> = <<B as Binding>::Database as Configure>::Settings;

/// The settings and the target of one bind; the generated `Builder` has one per bind.
///
/// Both are boxed: the future that starts many binds holds all of their builders.
pub struct BindBuilder<B: Binding> {
    settings: Box<SettingsOf<B>>,
    target: Option<Box<Target<B>>>,
}

impl<B: Binding> BindBuilder<B> {
    /// Takes settings that win over those of the environment and of the TOML. A second call
    /// replaces the first.
    pub fn settings(&mut self, settings: SettingsOf<B>) {
        *self.settings = settings;
    }

    /// Takes what to connect to, in place of the `url` setting. A second call replaces the first.
    pub fn target(&mut self, target: Target<B>) {
        self.target = Some(Box::new(target));
    }

    pub(super) fn into_parts(self) -> (Box<SettingsOf<B>>, Option<Box<Target<B>>>) {
        (self.settings, self.target)
    }
}

impl<B: Binding> Default for BindBuilder<B> {
    fn default() -> Self {
        Self { settings: Box::default(), target: None }
    }
}

impl<B: Binding> fmt::Debug for BindBuilder<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BindBuilder")
            .field("key", &B::KEY)
            .field("settings", &self.settings)
            .field("target", &self.target)
            .finish()
    }
}
