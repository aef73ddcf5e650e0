using System.Reflection;
using Chela.Gateway.Tests.Architecture;

namespace Chela.Gateway.Tests.Lessons;

/// <summary>
/// What was learnt from attacks on gateways of this kind and from running them, as far as it touches who gets in: each row of
/// <c>lessons.txt</c> names the reports that it comes from and the tests that hold it.
/// </summary>
public sealed class LessonTests
{
    private const string Required = "required:";

    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "Chela.Gateway.Tests", "Lessons", "lessons.txt"));

    public static TheoryData<string> Rows => [.. Lines.Where(line => line.Length > 0 && line[0] != '#' && !line.StartsWith(Required, StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_lesson_is_held_by_tests(string row)
    {
        var parts = row.Split('|', StringSplitOptions.TrimEntries);
        Assert.True(parts.Length == 4, "expected name | ids | lesson | tests");

        var tests = Words(parts[3]);

        Assert.NotEmpty(tests);
        Assert.All(tests, name => Assert.True(IsTest(name), $"{name} is no test"));
    }

    [Fact]
    public void Every_lesson_has_a_name_of_its_own() => Assert.Distinct(Rows.Select(row => row.Data.Split('|')[0].Trim()));

    [Fact]
    public void Every_report_has_its_lesson_and_no_lesson_names_another()
    {
        var required = Lines.Where(line => line.StartsWith(Required, StringComparison.Ordinal)).SelectMany(line => Words(line[Required.Length..]));
        var named = Rows.SelectMany(row => Words(row.Data.Split('|')[1]));

        Assert.Equal(required.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>True when <c>Slice.Class.Method</c> is a test.</summary>
    private static bool IsTest(string name) =>
        name.LastIndexOf('.') is > 0 and var dot
        && typeof(LessonTests).Assembly.GetType($"Chela.Gateway.Tests.{name[..dot]}") is { } type
        && type.GetMethod(name[(dot + 1)..])?.GetCustomAttributes<FactAttribute>().Any() == true;
}
