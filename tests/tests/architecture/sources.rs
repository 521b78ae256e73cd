//! A crate's modules, and the paths by which its files refer to each other.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Item, UseTree, Visibility};

/// A path from the crate's root.
type Segments = Vec<String>;

/// A crate's modules, without those that only its tests have.
pub(crate) struct Crate {
    /// The directory of the root file.
    directory: PathBuf,
    /// The first is the root.
    modules: Vec<Module>,
}

struct Module {
    path: Segments,
    /// Inline modules have the file of the module around them.
    file: PathBuf,
    children: HashMap<String, usize>,
    /// The names that `use` items bring in, and what they stand for.
    names: HashMap<String, Segments>,
    globs: Vec<Segments>,
    /// The paths that the module's code and its `use` items refer to. A re-export of a descendant is not among them: a
    /// module that shows its parts to others does not depend on them.
    references: Vec<Segments>,
}

/// A reference of one file to another one of the same crate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reference {
    pub(crate) from: PathBuf,
    pub(crate) to: PathBuf,
}

impl Crate {
    /// Reads a crate, given its root file.
    pub(crate) fn read(root: &Path) -> Self {
        let directory = root.parent().expect("a root file in a directory");
        let mut this = Self {
            directory: directory.to_owned(),
            modules: Vec::new(),
        };
        this.read_file(root, directory, &[]);
        this
    }

    /// All references between different files, by paths relative to the root file. References to the root itself are not
    /// among them: it has nothing but modules, re-exports and exported macros (see [`names_of_root`](Self::names_of_root)).
    pub(crate) fn references(&self) -> BTreeSet<Reference> {
        let root = self.modules.first().map(|module| &module.file);
        let mut references = BTreeSet::new();
        for module in &self.modules {
            for path in &module.references {
                let to = self.resolve(path, 0);
                if module.file != to && Some(&to) != root {
                    references.insert(Reference {
                        from: self.relative(&module.file),
                        to: self.relative(&to),
                    });
                }
            }
        }
        references
    }

    /// The names that begin paths from the crate's root without being modules.
    pub(crate) fn names_of_root(&self) -> BTreeSet<String> {
        let root = self.modules.first().expect("a root");
        let paths = self.modules.iter().flat_map(|module| &module.references);
        paths
            .filter_map(|path| path.first().cloned())
            .filter(|name| !root.children.contains_key(name))
            .collect()
    }

    fn relative(&self, file: &Path) -> PathBuf {
        let relative = file.strip_prefix(&self.directory);
        relative.expect("a file of the crate").to_owned()
    }

    fn read_file(&mut self, file: &Path, directory: &Path, path: &[String]) -> usize {
        let text = fs::read_to_string(file).expect("a source file");
        let syntax = syn::parse_file(&text).expect("a file that compiles");
        self.add(file, directory, path, syntax.items)
    }

    fn add(&mut self, file: &Path, directory: &Path, path: &[String], items: Vec<Item>) -> usize {
        let index = self.modules.len();
        self.modules.push(Module {
            path: path.to_vec(),
            file: file.to_owned(),
            children: HashMap::new(),
            names: HashMap::new(),
            globs: Vec::new(),
            references: Vec::new(),
        });
        let (mut code, mut imports) = (Vec::new(), Vec::new());
        let mut children = HashMap::new();
        for item in items {
            match item {
                Item::Mod(item) if !is_for_tests(&item.attrs) => {
                    let name = item.ident.to_string();
                    let path = [path, std::slice::from_ref(&name)].concat();
                    let inner = directory.join(&name);
                    let child = match item.content {
                        Some((_, items)) => self.add(file, &inner, &path, items),
                        None => self.read_file(
                            &module_file(directory, &name, &item.attrs),
                            &inner,
                            &path,
                        ),
                    };
                    children.insert(name, child);
                }
                Item::Use(item) if !is_for_tests(&item.attrs) => imports.push(item),
                Item::Mod(_) | Item::Use(_) => {}
                Item::Fn(item) if is_for_tests(&item.attrs) => {}
                item => code.push(item.into_token_stream()),
            }
        }
        let Some(module) = self.modules.get_mut(index) else {
            return index;
        };
        module.children = children;
        for item in imports {
            let is_private = matches!(item.vis, Visibility::Inherited);
            for (name, used) in leaves(&item.tree, &[]) {
                let Some(used) = module.absolute(&used) else {
                    continue;
                };
                let is_descendant = used.len() > path.len() && used.starts_with(path);
                if is_private || !is_descendant {
                    module.references.push(used.clone());
                }
                match name {
                    Some(name) => drop(module.names.insert(name, used)),
                    None => module.globs.push(used),
                }
            }
        }
        for tokens in code {
            let mut paths = Vec::new();
            paths_in(tokens, &mut paths);
            let references: Vec<_> = paths
                .iter()
                .filter_map(|path| module.absolute(path))
                .collect();
            module.references.extend(references);
        }
        index
    }

    /// The file that defines the item of a path, also if the path is a re-export.
    fn resolve(&self, path: &[String], depth: usize) -> PathBuf {
        assert!(depth < 20, "{path:?} is re-exported in a cycle");
        let mut module = self.modules.first().expect("a root");
        let mut rest = path;
        while let [name, tail @ ..] = rest {
            let child = module.children.get(name);
            if let Some(child) = child.and_then(|child| self.modules.get(*child)) {
                module = child;
                rest = tail;
                continue;
            }
            if let Some(target) = module.names.get(name)
                && !(target.starts_with(&module.path)
                    && target.get(module.path.len()) == Some(name))
            {
                return self.resolve(&[target, tail].concat(), depth + 1);
            }
            break;
        }
        module.file.clone()
    }
}

impl Module {
    /// A path from the root, of one that begins with `crate`, `self`, `super` or a child; `None` for any other.
    fn absolute(&self, path: &[String]) -> Option<Segments> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([&self.path, rest].concat()),
            "super" => {
                let mut base = self.path.clone();
                let supers = path.iter().take_while(|name| *name == "super").count();
                base.truncate(base.len().checked_sub(supers)?);
                base.extend(path.iter().skip(supers).cloned());
                Some(base)
            }
            name if self.children.contains_key(name) => Some([&self.path, path].concat()),
            _ => None,
        }
    }
}

/// Whether an item is compiled for tests only.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let tokens = attribute.meta.to_token_stream().to_string();
        ["cfg (test)", "test"].contains(&tokens.as_str()) || tokens.starts_with("cfg (all (doctest")
    })
}

fn module_file(directory: &Path, name: &str, attributes: &[Attribute]) -> PathBuf {
    for attribute in attributes {
        if attribute.path().is_ident("path") {
            let tokens = attribute.meta.to_token_stream().to_string();
            let file = tokens.split('"').nth(1).expect("a path in quotes");
            return directory.join(file);
        }
    }
    let files = [format!("{name}.rs"), format!("{name}/mod.rs")];
    let mut files = files.iter().map(|file| directory.join(file));
    files.find(|file| file.exists()).expect("a module's file")
}

/// The paths of a `use` item, each with the name that it brings in; `None` for a glob.
fn leaves(tree: &UseTree, before: &[String]) -> Vec<(Option<String>, Segments)> {
    let with = |name: String| [before, &[name]].concat();
    match tree {
        UseTree::Path(path) => leaves(&path.tree, &with(path.ident.to_string())),
        UseTree::Name(name) if name.ident == "self" => {
            vec![(before.last().cloned(), before.to_vec())]
        }
        UseTree::Name(name) => vec![(Some(name.ident.to_string()), with(name.ident.to_string()))],
        UseTree::Rename(rename) if rename.ident == "self" => {
            vec![(Some(rename.rename.to_string()), before.to_vec())]
        }
        UseTree::Rename(rename) => {
            vec![(
                Some(rename.rename.to_string()),
                with(rename.ident.to_string()),
            )]
        }
        UseTree::Glob(_) => vec![(None, before.to_vec())],
        UseTree::Group(group) => {
            let trees = group.items.iter();
            trees.flat_map(|tree| leaves(tree, before)).collect()
        }
    }
}

/// Collects all paths of two segments or more in some code.
fn paths_in(tokens: TokenStream, paths: &mut Vec<Segments>) {
    let mut path: Segments = Vec::new();
    let mut colons = 0;
    let mut end = |path: &mut Segments| {
        if path.len() > 1 {
            paths.push(std::mem::take(path));
        }
        path.clear();
    };
    let mut groups = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if path.is_empty() || colons == 2 => {
                path.push(ident.to_string());
                colons = 0;
            }
            TokenTree::Ident(ident) => {
                end(&mut path);
                path.push(ident.to_string());
                colons = 0;
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() && colons < 2 => {
                colons += 1;
            }
            TokenTree::Group(group) => {
                end(&mut path);
                colons = 0;
                groups.push(group.stream());
            }
            _ => {
                end(&mut path);
                colons = 0;
            }
        }
    }
    end(&mut path);
    for group in groups {
        paths_in(group, paths);
    }
}
