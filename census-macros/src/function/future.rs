//! The body of a function that is not `async` and returns a future: finds the `async` blocks that make it.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::parse::Parser;
use syn::{Block, Expr, ExprAsync, ExprCall, Macro, Stmt};

/// A body, and the `async` blocks in it that it returns.
pub(super) struct FutureBody {
    /// The body as the user wrote it.
    body: Group,
    /// The statements, with a placeholder for each block.
    template: TokenStream,
    blocks: Vec<AsyncBlock>,
}

/// An `async` block that the body returns, or passes to a method whose result it returns.
pub(super) struct AsyncBlock {
    pub(super) expr: ExprAsync,
    /// Whether its output is that of the function's future. In `async { … }.map(…)` it is not.
    pub(super) is_output: bool,
    /// Whether a method of it is called.
    pub(super) is_receiver: bool,
}

/// Methods that leave a future's output as it is.
const TRANSPARENT: [&str; 6] = [
    "boxed",
    "boxed_local",
    "fuse",
    "instrument",
    "in_current_span",
    "into_future",
];

const PLACEHOLDER: &str = "__census_async_block_";

/// Finds the blocks. `Err` if the body also returns something else: the tokens that do, or none if the body is empty.
///
/// A body that does not parse has no blocks and stays as it is: the compiler reports it, and editors complete in it.
pub(super) fn find(body: &Group) -> Result<FutureBody, TokenStream> {
    let Ok(mut statements) = Block::parse_within.parse2(body.stream()) else {
        return Ok(FutureBody {
            body: body.clone(),
            template: TokenStream::new(),
            blocks: Vec::new(),
        });
    };
    let mut finder = Finder { blocks: Vec::new() };
    finder.block(&mut statements, true)?;
    Ok(FutureBody {
        body: body.clone(),
        template: quote!(#(#statements)*),
        blocks: finder.blocks,
    })
}

impl FutureBody {
    /// How many blocks there are.
    pub(super) fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Whether all blocks have the output of the function's future.
    pub(super) fn gives_output(&self) -> bool {
        self.blocks.iter().all(|block| block.is_output)
    }

    /// The body, with other tokens in the place of each block.
    pub(super) fn with_blocks(&self, replace: &dyn Fn(&AsyncBlock) -> TokenStream) -> Group {
        if self.blocks.is_empty() {
            return self.body.clone();
        }
        with_content(&self.body, self.fill(self.template.clone(), replace))
    }

    fn fill(
        &self,
        template: TokenStream,
        replace: &dyn Fn(&AsyncBlock) -> TokenStream,
    ) -> TokenStream {
        let fill = |token| match token {
            TokenTree::Ident(ident) => match self.block(&ident) {
                Some(block) => replace(block),
                None => ident.into_token_stream(),
            },
            TokenTree::Group(group) if self.has_placeholder(&group) => {
                let content = self.fill(group.stream(), replace);
                with_content(&group, content).into_token_stream()
            }
            other => other.into_token_stream(),
        };
        template.into_iter().map(fill).collect()
    }

    /// Other groups stay as they are: a new group would lose the spans of the single delimiters.
    fn has_placeholder(&self, group: &Group) -> bool {
        group.stream().into_iter().any(|token| match token {
            TokenTree::Ident(ident) => self.block(&ident).is_some(),
            TokenTree::Group(group) => self.has_placeholder(&group),
            _ => false,
        })
    }

    /// The block of a placeholder.
    fn block(&self, ident: &Ident) -> Option<&AsyncBlock> {
        let ident = ident.to_string();
        let index: usize = ident.strip_prefix(PLACEHOLDER)?.parse().ok()?;
        self.blocks.get(index)
    }
}

/// A group with the same delimiters around other tokens.
fn with_content(group: &Group, content: TokenStream) -> Group {
    let mut filled = Group::new(group.delimiter(), content);
    filled.set_span(group.span());
    filled
}

/// Replaces `async` blocks by placeholders. Its methods return an `Err` with the tokens that return something else.
struct Finder {
    blocks: Vec<AsyncBlock>,
}

impl Finder {
    /// The statements of a block whose value is returned.
    fn block(&mut self, statements: &mut [Stmt], is_output: bool) -> Result<(), TokenStream> {
        let Some((last, others)) = statements.split_last_mut() else {
            return Err(TokenStream::new());
        };
        for statement in others {
            let replaced = self.early_returns(statement.to_token_stream(), is_output)?;
            *statement = Stmt::Expr(Expr::Verbatim(replaced), None);
        }
        match last {
            Stmt::Expr(expr, None) | Stmt::Expr(expr @ Expr::Return(_), Some(_)) => {
                self.returned(expr, is_output)
            }
            Stmt::Macro(last) if diverges(&last.mac) => Ok(()),
            other => Err(other.to_token_stream()),
        }
    }

    /// An expression whose value is returned, or whose future a method maps: then `is_output` is `false`.
    fn returned(&mut self, expr: &mut Expr, is_output: bool) -> Result<(), TokenStream> {
        match expr {
            Expr::Async(block) => {
                let placeholder = format_ident!("{PLACEHOLDER}{}", self.blocks.len());
                self.blocks.push(AsyncBlock {
                    expr: block.clone(),
                    is_output,
                    is_receiver: false,
                });
                *expr = Expr::Verbatim(placeholder.into_token_stream());
                Ok(())
            }
            // `Box::pin(async …)`, `async {…}.boxed()`, `Box::pin(async …) as _`
            Expr::Call(call) if makes_a_box(call) => {
                let mut args = call.args.iter_mut();
                args.try_for_each(|arg| self.returned(arg, is_output))
            }
            Expr::MethodCall(call) => {
                let whole = call.to_token_stream();
                let is_transparent = TRANSPARENT.iter().any(|name| call.method == name);
                let is_async_block = matches!(&*call.receiver, Expr::Async(_));
                self.returned(&mut call.receiver, is_output && is_transparent)
                    .map_err(|_| whole)?;
                if let Some(block) = self.blocks.last_mut() {
                    block.is_receiver |= is_async_block;
                }
                Ok(())
            }
            Expr::Cast(cast) => self.returned(&mut cast.expr, is_output),
            Expr::Group(group) => self.returned(&mut group.expr, is_output),
            Expr::Paren(paren) => self.returned(&mut paren.expr, is_output),
            Expr::Block(inner) => self.block(&mut inner.block.stmts, is_output),
            Expr::Unsafe(inner) => self.block(&mut inner.block.stmts, is_output),
            Expr::If(branches) => {
                let condition = self.early_returns(branches.cond.to_token_stream(), is_output)?;
                *branches.cond = Expr::Verbatim(condition);
                self.block(&mut branches.then_branch.stmts, is_output)?;
                match &mut branches.else_branch {
                    Some((_, other)) => self.returned(other, is_output),
                    None => Err(branches.to_token_stream()),
                }
            }
            Expr::Match(arms) => {
                let scrutinee = self.early_returns(arms.expr.to_token_stream(), is_output)?;
                *arms.expr = Expr::Verbatim(scrutinee);
                let mut arms = arms.arms.iter_mut();
                arms.try_for_each(|arm| self.returned(&mut arm.body, is_output))
            }
            Expr::Return(value) => match &mut value.expr {
                Some(value) => self.returned(value, is_output),
                None => Err(value.to_token_stream()),
            },
            Expr::Macro(mac) if diverges(&mac.mac) => Ok(()),
            other => Err(other.to_token_stream()),
        }
    }

    /// Tokens before the end of a body: replaces what `return` returns, and leaves all else as it is.
    fn early_returns(
        &mut self,
        tokens: TokenStream,
        is_output: bool,
    ) -> Result<TokenStream, TokenStream> {
        let mut output = TokenStream::new();
        let mut tokens = tokens.into_iter().peekable();
        // Whether the next braces are around an inner body, from which a `return` in them returns: that of an `async`
        // block, of a `fn name`, or of a closure, which begins with `|…|` or `|…| -> Type`.
        let mut before_inner_body = false;
        let mut after_bar = false;
        while let Some(token) = tokens.next() {
            let bar = std::mem::replace(&mut after_bar, is_bar(&token));
            match token {
                TokenTree::Ident(word) if word == "return" => {
                    let value = take_until(&mut tokens, ends_return);
                    let Ok(mut value) = syn::parse2::<Expr>(value.clone()) else {
                        return Err(quote!(#word #value));
                    };
                    self.returned(&mut value, is_output)?;
                    output.extend(quote!(#word #value));
                }
                TokenTree::Ident(word) => {
                    // Without a name, `fn(A) -> B` is a type.
                    let has_name = matches!(tokens.peek(), Some(TokenTree::Ident(_)));
                    before_inner_body |= word == "async" || word == "fn" && has_name;
                    output.extend([TokenTree::Ident(word)]);
                }
                TokenTree::Punct(punct) => {
                    before_inner_body |= bar && punct.as_char() == '-';
                    output.extend([TokenTree::Punct(punct)]);
                }
                TokenTree::Group(group)
                    if (before_inner_body || bar) && group.delimiter() == Delimiter::Brace =>
                {
                    before_inner_body = false;
                    output.extend([TokenTree::Group(group)]);
                }
                TokenTree::Group(group) => {
                    let content = self.early_returns(group.stream(), is_output)?;
                    output.extend([TokenTree::Group(with_content(&group, content))]);
                }
                literal @ TokenTree::Literal(_) => output.extend([literal]),
            }
        }
        Ok(output)
    }
}

/// Whether a call is like `Box::pin(…)`: of a function `pin`, `new` or `from`, with one argument.
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

/// Whether a macro call never returns a value.
fn diverges(mac: &Macro) -> bool {
    let last = mac.path.segments.last();
    ["panic", "todo", "unimplemented", "unreachable"]
        .iter()
        .any(|name| last.is_some_and(|last| last.ident == name))
}

fn is_bar(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == '|')
}

/// Whether a token ends the value of a `return`.
fn ends_return(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if matches!(punct.as_char(), ';' | ','))
}

/// Takes the tokens before the first one for which `end` is true.
fn take_until(
    tokens: &mut std::iter::Peekable<proc_macro2::token_stream::IntoIter>,
    end: fn(&TokenTree) -> bool,
) -> TokenStream {
    let mut taken = TokenStream::new();
    while let Some(token) = tokens.next_if(|token| !end(token)) {
        taken.extend([token]);
    }
    taken
}
