//! Functions that are not `async` and return a future: the `async` blocks that make it are found and measured.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::{Block, Expr, ExprAsync, ExprCall, Macro, Stmt};

use super::item::braced;

/// What replaces an `async` block. The flag says whether its output is what the function's future gives.
type Measure<'a> = &'a dyn Fn(&ExprAsync, bool) -> TokenStream;

/// Methods that leave a future's output as it is.
const TRANSPARENT: [&str; 6] = [
    "boxed",
    "boxed_local",
    "fuse",
    "instrument",
    "in_current_span",
    "into_future",
];

/// The body with every `async` block replaced that it returns; `Err` has the tokens that return something else.
///
/// A body that does not parse is left as it is: the compiler says what is wrong, and editors go on completing.
pub(super) fn measured(body: &Group, measure: Measure<'_>) -> Result<Group, TokenStream> {
    let Ok(mut statements) = Block::parse_within.parse2(body.stream()) else {
        return Ok(body.clone());
    };
    block(&mut statements, measure)?;
    Ok(braced(quote!(#(#statements)*), body))
}

fn block(statements: &mut [Stmt], measure: Measure<'_>) -> Result<(), TokenStream> {
    let Some((last, others)) = statements.split_last_mut() else {
        return Err(TokenStream::new());
    };
    for statement in others {
        let replaced = early(statement.to_token_stream(), measure)?;
        *statement = Stmt::Expr(Expr::Verbatim(replaced), None);
    }
    match last {
        Stmt::Expr(expr, None) | Stmt::Expr(expr @ Expr::Return(_), Some(_)) => {
            returned(expr, measure)
        }
        Stmt::Macro(last) if diverges(&last.mac) => Ok(()),
        other => Err(other.to_token_stream()),
    }
}

/// Replaces what an expression makes, if all of it can be seen.
fn returned(expr: &mut Expr, measure: Measure<'_>) -> Result<(), TokenStream> {
    match expr {
        Expr::Async(block) => {
            *expr = Expr::Verbatim(measure(block, true));
            Ok(())
        }
        // `Box::pin(async …)`, `async {…}.boxed()`, `Box::pin(async …) as _`
        Expr::Call(call) if makes_a_box(call) => {
            let mut args = call.args.iter_mut();
            args.try_for_each(|arg| returned(arg, measure))
        }
        Expr::MethodCall(call) => {
            let whole = call.to_token_stream();
            let is_transparent = TRANSPARENT.iter().any(|name| call.method == name);
            // `async {…}.map(…)`: what the block gives is another's.
            let other = |block: &ExprAsync, _| measure(block, false);
            let measure: Measure<'_> = if is_transparent { measure } else { &other };
            returned(&mut call.receiver, measure).map_err(|_| whole)
        }
        Expr::Cast(cast) => returned(&mut cast.expr, measure),
        Expr::Group(group) => returned(&mut group.expr, measure),
        Expr::Paren(paren) => returned(&mut paren.expr, measure),
        Expr::Block(inner) => block(&mut inner.block.stmts, measure),
        Expr::Unsafe(inner) => block(&mut inner.block.stmts, measure),
        Expr::If(branches) => {
            *branches.cond = Expr::Verbatim(early(branches.cond.to_token_stream(), measure)?);
            block(&mut branches.then_branch.stmts, measure)?;
            match &mut branches.else_branch {
                Some((_, other)) => returned(other, measure),
                None => Err(branches.to_token_stream()),
            }
        }
        Expr::Match(arms) => {
            *arms.expr = Expr::Verbatim(early(arms.expr.to_token_stream(), measure)?);
            let mut arms = arms.arms.iter_mut();
            arms.try_for_each(|arm| returned(&mut arm.body, measure))
        }
        Expr::Return(value) => match &mut value.expr {
            Some(value) => returned(value, measure),
            None => Err(value.to_token_stream()),
        },
        Expr::Macro(mac) if diverges(&mac.mac) => Ok(()),
        other => Err(other.to_token_stream()),
    }
}

/// `Box::pin(…)` and the like.
fn makes_a_box(call: &ExprCall) -> bool {
    let Expr::Path(function) = &*call.func else {
        return false;
    };
    let last = function.path.segments.last();
    call.args.len() == 1
        && ["pin", "new", "from"]
            .iter()
            .any(|name| last.is_some_and(|last| last.ident == name))
}

/// Whether nothing is returned here.
fn diverges(mac: &Macro) -> bool {
    let last = mac.path.segments.last();
    ["panic", "todo", "unimplemented", "unreachable"]
        .iter()
        .any(|name| last.is_some_and(|last| last.ident == name))
}

/// Replaces what is returned before the end, in statements whose tokens are otherwise left alone.
fn early(tokens: TokenStream, measure: Measure<'_>) -> Result<TokenStream, TokenStream> {
    let mut output = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    // What returns from something else: the block after an `async`, a `fn name`, or a closure's `|…|` or `|…| -> Type`.
    let mut other = false;
    let mut after_bar = false;
    while let Some(token) = tokens.next() {
        let bar = std::mem::replace(&mut after_bar, is_bar(&token));
        match token {
            TokenTree::Ident(word) if word == "return" => {
                let value = tokens
                    .take_until(|token| matches!(token, TokenTree::Punct(p) if matches!(p.as_char(), ';' | ',')));
                let Ok(mut value) = syn::parse2::<Expr>(value.clone()) else {
                    return Err(quote!(#word #value));
                };
                returned(&mut value, measure)?;
                output.extend(quote!(#word #value));
            }
            TokenTree::Ident(word) => {
                // `fn(A) -> B` is a type.
                let names = matches!(tokens.peek(), Some(TokenTree::Ident(_)));
                other |= word == "async" || word == "fn" && names;
                output.extend([TokenTree::Ident(word)]);
            }
            TokenTree::Punct(punct) => {
                other |= bar && punct.as_char() == '-';
                output.extend([TokenTree::Punct(punct)]);
            }
            TokenTree::Group(group) if (other || bar) && group.delimiter() == Delimiter::Brace => {
                other = false;
                output.extend([TokenTree::Group(group)]);
            }
            TokenTree::Group(group) => {
                let mut replaced = Group::new(group.delimiter(), early(group.stream(), measure)?);
                replaced.set_span(group.span());
                output.extend([TokenTree::Group(replaced)]);
            }
            literal @ TokenTree::Literal(_) => output.extend([literal]),
        }
    }
    Ok(output)
}

fn is_bar(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == '|')
}

/// Taking a part of an iterator.
trait Until {
    /// Takes the tokens before the first one of this kind.
    fn take_until(&mut self, end: impl Fn(&TokenTree) -> bool) -> TokenStream;
}

impl<I: Iterator<Item = TokenTree>> Until for std::iter::Peekable<I> {
    fn take_until(&mut self, end: impl Fn(&TokenTree) -> bool) -> TokenStream {
        let mut taken = TokenStream::new();
        while let Some(token) = self.next_if(|token| !end(token)) {
            taken.extend([token]);
        }
        taken
    }
}
