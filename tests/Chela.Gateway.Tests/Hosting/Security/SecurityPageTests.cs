using System.Runtime.CompilerServices;
using Chela.Gateway.Hosting.Security;

namespace Chela.Gateway.Tests.Hosting.Security;

/// <summary>The page for operators lists what the audit looks for.</summary>
[Trait("Requirement", "A8")]
public sealed class SecurityPageTests
{
    [Fact]
    public void The_table_lists_every_check_with_its_remedy() => Assert.Equal(
        RiskCheck.All.Select(check => $"| `{check.Id}` | {check.Severity} | {check.Title} | {check.Remedy} |"),
        File.ReadLines(PagePath()).Where(line => line.StartsWith("| `", StringComparison.Ordinal)));

    [Fact]
    public void No_two_checks_have_one_id() => Assert.Equal(RiskCheck.All.Count, RiskCheck.All.DistinctBy(check => check.Id).Count());

    private static string PagePath([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "docs", "operations", "security.md");
}
