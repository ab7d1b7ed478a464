//! What the code that starts the application says about one bind.

use std::fmt;
use std::sync::Arc;

use crate::binding::Binding;
use crate::configure::Configure;
use crate::hooks::{Hooks, SharedHooks};
use crate::target::Target;

type SettingsOf<B> = <<B as Binding>::Database as Configure>::Settings;

/// The settings, the target and the hooks of one bind; the generated `Builder` has one per bind.
///
/// They are boxed: the future that starts many binds holds all of their builders.
pub struct BindBuilder<B: Binding>(Parts<B>);

/// What was said about a bind.
pub(super) struct Parts<B: Binding> {
    pub(super) settings: Box<SettingsOf<B>>,
    pub(super) target: Option<Box<Target<B>>>,
    pub(super) hooks: Option<SharedHooks<B>>,
}

impl<B: Binding> BindBuilder<B> {
    /// Takes settings that win over those of the environment and of the TOML. A second call
    /// replaces the first.
    pub fn settings(&mut self, settings: SettingsOf<B>) {
        *self.0.settings = settings;
    }

    /// Takes what to connect to, in place of the `url` setting. A second call replaces the first.
    pub fn target(&mut self, target: Target<B>) {
        self.0.target = Some(Box::new(target));
    }

    /// Takes what to do at the beginning and the end of the bind's transactions. A second call
    /// replaces the first.
    pub fn hooks(&mut self, hooks: impl Hooks<B>) {
        self.0.hooks = Some(Arc::new(hooks));
    }

    pub(super) fn into_parts(self) -> Parts<B> {
        self.0
    }
}

impl<B: Binding> Default for BindBuilder<B> {
    fn default() -> Self {
        Self(Parts { settings: Box::default(), target: None, hooks: None })
    }
}

impl<B: Binding> fmt::Debug for BindBuilder<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BindBuilder")
            .field("key", &B::KEY)
            .field("settings", &self.0.settings)
            .field("target", &self.0.target)
            .field("hooks", &self.0.hooks.is_some())
            .finish()
    }
}
