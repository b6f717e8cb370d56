//! No circle of imports between the files of a crate is wider than two.
//!
//! Every `use` and every path of every source file is parsed and followed to the file that defines the name, through
//! re-exports, so a grouped import or a name taken from `lib.rs` hides nothing. Code of tests and the bodies of macro
//! calls are not read.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use syn::visit::Visit;

use crate::commands::root;

/// Most files that may import each other in a circle: a parent and its child, as an enum and its variants' settings.
const WIDEST: usize = 2;

#[test]
fn no_circle_of_imports_is_wider_than_two_files() {
    let mut wide = Vec::new();
    for item in fs::read_dir(root().join("crates")).unwrap() {
        let source = item.unwrap().path().join("src");
        if source.is_dir() {
            let krate = Crate::read(&source);
            wide.extend(circles(&krate.edges()).into_iter().filter(|circle| WIDEST < circle.len()));
        }
    }
    assert!(wide.is_empty(), "files that import each other in a circle: {wide:#?}");
}

/// A circle of three is found whichever way the names are written.
#[test]
fn grouped_imports_paths_and_names_of_the_root_are_seen() {
    let check = |files: &[(&str, &str)], expected: &[&str]| {
        let krate = Crate::parsed(files.iter().map(|(name, text)| (PathBuf::from(name), (*text).to_owned())).collect());
        let found = circles(&krate.edges());
        let expected: BTreeSet<PathBuf> = expected.iter().map(PathBuf::from).collect();
        assert_eq!(found.into_iter().find(|circle| 1 < circle.len()).unwrap_or_default(), expected);
    };
    let root = ("lib.rs", "mod a; mod b; mod c; pub use a::A; pub use b::B;");
    let c = ("c.rs", "pub fn c() -> crate::A { crate::a::make() }");
    let three = ["a.rs", "b.rs", "c.rs"];
    let b = ("b.rs", "use super::c::c; pub struct B;");
    check(&[root, ("a.rs", "use crate::{A as Own, B}; pub struct A;"), b, c], &three);
    check(&[root, ("a.rs", "pub struct A { b: crate::b::B }"), b, c], &three);
    check(
        &[root, ("a.rs", "use crate::B as Other; pub struct A;"), ("b.rs", "use crate::{c::{self}}; pub struct B;"), c],
        &three,
    );
    check(&[root, ("a.rs", "#[cfg(test)] mod tests { use crate::B; } pub struct A;"), b, c], &[]);
    check(&[root, ("a.rs", "pub struct A;"), ("b.rs", "pub(crate) use crate::A as B;"), c], &[]);
}

/// The modules of a crate, by their paths below the root.
struct Crate {
    modules: BTreeMap<Vec<String>, Module>,
}

/// What a module declares and imports, and where it stands.
#[derive(Default)]
struct Module {
    file: PathBuf,
    /// Items that are defined here, child modules aside.
    items: BTreeSet<String>,
    /// Names that `use` brings in, with their full paths.
    bindings: BTreeMap<String, Vec<String>>,
    /// Paths that are written anywhere in the module.
    paths: BTreeSet<Vec<String>>,
}

impl Crate {
    fn read(source: &Path) -> Self {
        let mut files = BTreeMap::new();
        read_below(source, source, &mut files);
        Self::parsed(files)
    }

    fn parsed(files: BTreeMap<PathBuf, String>) -> Self {
        let mut krate = Self { modules: BTreeMap::new() };
        let top = ["lib.rs", "main.rs"].into_iter().map(PathBuf::from).find(|name| files.contains_key(name));
        krate.add(&files, &top.expect("a crate has lib.rs or main.rs"), Vec::new());
        krate
    }

    fn add(&mut self, files: &BTreeMap<PathBuf, String>, file: &Path, module: Vec<String>) {
        let parsed = syn::parse_file(&files[file]).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.add_items(files, file, module, parsed.items);
    }

    fn add_items(
        &mut self,
        files: &BTreeMap<PathBuf, String>,
        file: &Path,
        module: Vec<String>,
        items: Vec<syn::Item>,
    ) {
        let mut found = Module { file: file.to_owned(), ..Module::default() };
        for item in items {
            if is_test(&item) {
                continue;
            }
            match item {
                syn::Item::Mod(declared) => {
                    let name = declared.ident.to_string();
                    let child: Vec<String> = module.iter().cloned().chain([name.clone()]).collect();
                    match declared.content {
                        Some((_, inner)) => self.add_items(files, file, child, inner),
                        None => {
                            let folder = folder_of(file);
                            let places = [folder.join(format!("{name}.rs")), folder.join(&name).join("mod.rs")];
                            let place = places.iter().find(|place| files.contains_key(*place));
                            self.add(files, place.unwrap_or_else(|| panic!("{places:?} are missing")), child);
                        }
                    }
                }
                syn::Item::Use(import) => collect(&import.tree, &mut Vec::new(), &mut found),
                other => {
                    found.items.extend(name_of(&other));
                    Paths { found: &mut found.paths }.visit_item(&other);
                }
            }
        }
        self.modules.insert(module, found);
    }

    /// From each file to the files that define what it names.
    fn edges(&self) -> BTreeMap<PathBuf, BTreeSet<PathBuf>> {
        let mut edges: BTreeMap<PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
        for (place, module) in &self.modules {
            let from = edges.entry(module.file.clone()).or_default();
            for path in module.bindings.values().chain(&module.paths) {
                from.extend(self.file_of(place, path, 0).filter(|file| *file != module.file));
            }
        }
        edges
    }

    /// The file that defines what `path` means in the module at `place`; none for names of other crates.
    fn file_of(&self, place: &[String], path: &[String], depth: usize) -> Option<PathBuf> {
        let mut at = place.to_vec();
        for (index, segment) in path.iter().enumerate() {
            match segment.as_str() {
                "crate" => at.clear(),
                "self" => {}
                "super" => drop(at.pop()?),
                name => {
                    let child: Vec<String> = at.iter().cloned().chain([name.to_owned()]).collect();
                    let module = self.modules.get(&at)?;
                    if self.modules.contains_key(&child) {
                        at = child;
                    } else if module.items.contains(name) {
                        return Some(module.file.clone());
                    } else {
                        let binding = module.bindings.get(name).filter(|binding| depth < 16 && binding != &path)?;
                        let whole: Vec<String> = binding.iter().chain(&path[index + 1..]).cloned().collect();
                        return self.file_of(&at, &whole, depth + 1);
                    }
                }
            }
        }
        Some(self.modules.get(&at)?.file.clone())
    }
}

fn read_below(top: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, String>) {
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            read_below(top, &path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.insert(path.strip_prefix(top).unwrap().to_owned(), fs::read_to_string(&path).unwrap());
        }
    }
}

/// Where the children of the module in `file` stand.
fn folder_of(file: &Path) -> PathBuf {
    match file.file_name().and_then(|name| name.to_str()) {
        Some("lib.rs" | "main.rs" | "mod.rs") => file.parent().unwrap().to_owned(),
        _ => file.with_extension(""),
    }
}

fn is_test(item: &syn::Item) -> bool {
    let attributes = match item {
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Const(item) => &item.attrs,
        _ => return false,
    };
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Ident>().is_ok_and(|name| name == "test")
    })
}

fn name_of(item: &syn::Item) -> Option<String> {
    let name = match item {
        syn::Item::Const(item) => &item.ident,
        syn::Item::Enum(item) => &item.ident,
        syn::Item::Fn(item) => &item.sig.ident,
        syn::Item::Macro(item) => item.ident.as_ref()?,
        syn::Item::Static(item) => &item.ident,
        syn::Item::Struct(item) => &item.ident,
        syn::Item::Trait(item) => &item.ident,
        syn::Item::Type(item) => &item.ident,
        syn::Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// The names that a `use` brings in. Glob imports are refused by a lint of clippy.
fn collect(tree: &syn::UseTree, before: &mut Vec<String>, found: &mut Module) {
    match tree {
        syn::UseTree::Path(path) => {
            before.push(path.ident.to_string());
            collect(&path.tree, before, found);
            before.pop();
        }
        syn::UseTree::Name(name) if name.ident == "self" => {
            let module = before.last().cloned().unwrap_or_default();
            found.bindings.insert(module, before.clone());
        }
        syn::UseTree::Name(name) => bind(name.ident.to_string(), name.ident.to_string(), before, found),
        syn::UseTree::Rename(name) => bind(name.rename.to_string(), name.ident.to_string(), before, found),
        syn::UseTree::Group(group) => group.items.iter().for_each(|tree| collect(tree, before, found)),
        syn::UseTree::Glob(_) => {}
    }
}

fn bind(known_as: String, name: String, before: &[String], found: &mut Module) {
    let path = before.iter().cloned().chain([name]).collect::<Vec<_>>();
    // `use x as _` brings in a trait without a name; several of them must not hide each other.
    let known_as = if known_as == "_" { path.join("::") } else { known_as };
    found.bindings.insert(known_as, path);
}

struct Paths<'a> {
    found: &'a mut BTreeSet<Vec<String>>,
}

impl Visit<'_> for Paths<'_> {
    fn visit_path(&mut self, path: &syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        // `pub(crate)` and `pub(super)` are paths too, and name nothing.
        if names.last().is_some_and(|name| !["crate", "self", "super"].contains(&name.as_str())) {
            self.found.insert(names);
        }
        syn::visit::visit_path(self, path);
    }
}

/// The strongly connected components of a graph: files that can all reach each other.
fn circles(edges: &BTreeMap<PathBuf, BTreeSet<PathBuf>>) -> Vec<BTreeSet<PathBuf>> {
    let reach = |start: &PathBuf| {
        let mut seen = BTreeSet::new();
        let mut ahead = vec![start.clone()];
        while let Some(file) = ahead.pop() {
            for next in edges.get(&file).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    ahead.push(next.clone());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&PathBuf, BTreeSet<PathBuf>> = edges.keys().map(|file| (file, reach(file))).collect();
    let mut found = BTreeSet::new();
    for (file, ahead) in &reached {
        let circle: BTreeSet<PathBuf> =
            ahead.iter().filter(|other| reached.get(other).is_some_and(|back| back.contains(*file))).cloned().collect();
        if !circle.is_empty() {
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}
