//! One bind: its backend, its structure and its settings.

use super::{
    folder::{folder, outside},
    keys, model,
    output::Shape,
    rules,
    value::{self, Meant},
};
use crate::{
    config::{BindConfig, Given, Scalar, Value, listed},
    diagnostics::{Code, Diagnostic, Diagnostics},
    model::{AfterError, Backend, Bind, Connect, Literal, Setting, Transaction},
    settings::{Flag, Meaning, Role, SPECS, Text},
    source::Spanned,
};

/// What one `[bind.KEY]` says, completed. `None` if it has no usable key or backend; any other
/// error is reported and leaves its setting out.
pub(super) fn bind(
    config: &BindConfig,
    shape: Shape<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Bind> {
    let names = keys::check(&config.key, diagnostics);
    let backend = backend(config, diagnostics);
    let mut draft = Draft::default();
    for given in &config.given {
        if is_of(given, backend, diagnostics) {
            draft.take(given, backend, diagnostics);
        }
    }
    let tables = model::tables(config, names.as_ref(), backend, shape, diagnostics);
    let (names, backend) = (names?, backend?);
    let order =
        |setting: &Setting| SPECS.iter().position(|spec| spec.role == Role::Setting(setting.field));
    draft.settings.sort_by_key(order);
    let bind = Bind {
        key: config.key.value.clone(),
        module: names.module,
        type_name: names.type_name,
        backend,
        middleware: draft.middleware,
        connect: draft.connect,
        required: draft.required,
        transaction: draft.transaction,
        settings: draft.settings,
        tables,
        migrations: draft.migrations,
    };
    rules::within(config, &bind, diagnostics);
    Some(bind)
}

/// What is known of a bind before its names and its backend are.
struct Draft {
    middleware: bool,
    connect: Connect,
    required: bool,
    transaction: Transaction,
    settings: Vec<Setting>,
    migrations: Option<String>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            middleware: true,
            connect: Connect::Eager,
            required: true,
            transaction: Transaction {
                after_error: AfterError::Rollback,
                ..Transaction::default()
            },
            settings: Vec::new(),
            migrations: None,
        }
    }
}

impl Draft {
    fn take(&mut self, given: &Given, backend: Option<Backend>, diagnostics: &mut Diagnostics) {
        if let Value::Plain(Spanned { value: Scalar::Text(Text::Folder, text), span }) =
            &given.value
        {
            match folder(text) {
                Ok(folder) => self.migrations = Some(folder),
                Err(problem) => {
                    let help = "name a folder of the crate, like `migrations = \"migrations\"`";
                    diagnostics.push(outside(given.spec.name, problem, *span).help(help));
                }
            }
            return;
        }
        if let Value::Sources(sources) = &given.value {
            value::sources(given.spec, sources, diagnostics);
        }
        let meant =
            given.value.literal().map(|literal| value::meaning(given.spec, backend, literal));
        match meant.transpose() {
            Ok(Some(Meant::Flag(flag, value))) => self.flag(flag, value),
            Ok(Some(Meant::Choice(meaning))) => self.choice(meaning),
            Ok(Some(Meant::Literal(literal))) => self.setting(given, Some(literal)),
            Ok(None) => self.setting(given, None),
            Err(problem) => diagnostics.push(problem),
        }
    }

    fn flag(&mut self, flag: Flag, value: bool) {
        match flag {
            Flag::Middleware => self.middleware = value,
            Flag::Required => self.required = value,
            Flag::Deferrable => self.transaction.deferrable = value,
            // Of the output, not of a bind.
            Flag::Serde => {}
        }
    }

    fn choice(&mut self, meaning: Meaning) {
        match meaning {
            Meaning::Connect(connect) => self.connect = connect,
            Meaning::Isolation(isolation) => self.transaction.isolation = Some(isolation),
            Meaning::Access(access) => self.transaction.access = Some(access),
            Meaning::Begin(begin) => self.transaction.begin = Some(begin),
            Meaning::AfterError(after_error) => self.transaction.after_error = after_error,
            // The backend is known already, what is of the output is not of a bind, the rest are
            // settings.
            Meaning::Backend(_) | Meaning::Web(_) | Meaning::Time(_) | Meaning::Runtime(..) => {}
        }
    }

    fn setting(&mut self, given: &Given, default: Option<Literal>) {
        let Role::Setting(field) = given.spec.role else { return };
        let (env, file_env) = match &given.value {
            Value::Plain(_) => (None, None),
            Value::Sources(sources) => (sources.env.as_ref(), sources.file_env.as_ref()),
        };
        let [env, file_env] = [env, file_env].map(|name| name.map(|name| name.value.clone()));
        self.settings.push(Setting { field, env, file_env, default });
    }
}

/// The backend, if it is named and exists. A wrong name is reported when its setting is taken.
fn backend(config: &BindConfig, diagnostics: &mut Diagnostics) -> Option<Backend> {
    let Some(given) = config.given.iter().find(|given| given.spec.name == "backend") else {
        if config.refused.iter().all(|spec| spec.name != "backend") {
            diagnostics.push(missing_backend(config));
        }
        return None;
    };
    let Scalar::Choice(_, word) = &given.value.literal()?.value else { return None };
    Backend::ALL.into_iter().find(|backend| backend.word() == word)
}

fn missing_backend(config: &BindConfig) -> Diagnostic {
    let key = &config.key;
    let message = format!("the bind `{}` names no backend", key.value);
    let url = config.given.iter().find(|given| given.spec.name == "url");
    let scheme = match url.and_then(|url| url.value.literal()).map(|literal| &literal.value) {
        Some(Scalar::Text(_, url)) => url.split(':').next().unwrap_or_default(),
        _ => "",
    };
    let meant = Backend::ALL.into_iter().find(|backend| backend.schemes().contains(&scheme));
    let help = match meant {
        Some(backend) => {
            format!("its URL is for {}: add `backend = \"{}\"`", backend.product(), backend.word())
        }
        None => format!("add `backend`: there is {}", listed(Backend::ALL.map(Backend::word))),
    };
    Diagnostic::new(Code::MissingBackend, key.span, message).help(help)
}

/// Whether the backend has a setting; yes while the backend is unknown.
fn is_of(given: &Given, backend: Option<Backend>, diagnostics: &mut Diagnostics) -> bool {
    let Some(backend) = backend.filter(|backend| !given.spec.backends.contains(backend)) else {
        return true;
    };
    let others: Vec<&str> = given.spec.backends.iter().map(|backend| backend.product()).collect();
    let message = format!("{} has no `{}`", backend.product(), given.spec.name);
    let only = if others.len() == 1 { "only " } else { "" };
    let have = if others.len() == 1 { "has" } else { "have" };
    let help = format!("{only}{} {have} it: remove it here", others.join(" and "));
    diagnostics.push(Diagnostic::new(Code::OtherBackend, given.name, message).help(help));
    false
}
