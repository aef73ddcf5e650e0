using System.Globalization;
using System.Reflection;

namespace Chela.Gateway.Tests.Docs;

/// <summary>The page for operators says what the program returns.</summary>
[Trait("Requirement", "O5")]
public sealed class RunningPageTests
{
    [Fact]
    public void The_table_of_exit_codes_lists_all_of_them()
    {
        var codes = typeof(ExitCode).GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .Select(field => ((int)field.GetRawConstantValue()!).ToString(CultureInfo.InvariantCulture));

        Assert.Equal(codes, Pages.Table(Pages.Read("docs/operations/running.md"), "Exit codes").Select(row => row[0]));
    }
}
