using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Agents.Tools.Exec;

namespace Chela.Gateway.Tests.Agents.Tools.Exec;

[Trait("Requirement", "G3")]
public sealed class CommandWordsTests
{
    [Theory]
    [InlineData("git status", new[] { "git", "status" })]
    [InlineData("  git \t status  ", new[] { "git", "status" })]
    [InlineData("git commit -m \"two words\"", new[] { "git", "commit", "-m", "two words" })]
    [InlineData("echo 'a;b|c$d`e*' x", new[] { "echo", "a;b|c$d`e*", "x" })]
    [InlineData("echo a\"b c\"d'e f'", new[] { "echo", "ab cde f" })]
    [InlineData("echo \"\" ''", new[] { "echo", "", "" })]
    [InlineData("echo \"it's\" 'a \"b\"'", new[] { "echo", "it's", "a \"b\"" })]
    [InlineData("echo \"a;b*c\"", new[] { "echo", "a;b*c" })]
    public void A_line_is_taken_apart(string line, string[] words) => Assert.Equal(words, CommandWords.Parse(line));

    [Theory]
    [InlineData("git status; rm -rf /")]
    [InlineData("git status | sh")]
    [InlineData("git status && sh")]
    [InlineData("git status &")]
    [InlineData("git > file")]
    [InlineData("git < file")]
    [InlineData("git $(id)")]
    [InlineData("git $HOME")]
    [InlineData("git \"$HOME\"")]
    [InlineData("git \"$(id)\"")]
    [InlineData("git `id`")]
    [InlineData("git \"`id`\"")]
    [InlineData("git *")]
    [InlineData("git file?.txt")]
    [InlineData("git [ab]")]
    [InlineData("git {a,b}")]
    [InlineData("git ~")]
    [InlineData("git !!")]
    [InlineData("git # comment")]
    [InlineData("git a\\ b")]
    [InlineData("git %PATH%")]
    [InlineData("git ^a")]
    [InlineData("git status\nsh")]
    [InlineData("git status\rsh")]
    [InlineData("git 'a\nb'")]
    [InlineData("git a\0b")]
    [InlineData("git 'not closed")]
    [InlineData("git \"not closed")]
    [InlineData("   ")]
    public void What_a_shell_would_do_more_with_is_refused(string line) => Assert.Throws<ToolRefusal>(() => CommandWords.Parse(line));
}
