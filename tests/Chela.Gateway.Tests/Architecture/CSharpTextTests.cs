namespace Chela.Gateway.Tests.Architecture;

/// <summary>Rules read code, not what comments and literals say.</summary>
public sealed class CSharpTextTests
{
    [Theory]
    [InlineData("a // Bad\nb", "a \nb")]
    [InlineData("a /* Bad\nBad */ b", "a \n b")]
    [InlineData("f(\"Bad \\\" Bad\") b", "f() b")]
    [InlineData("f($@\"Bad \"\" \\\") b", "f($@) b")]
    [InlineData("f(\"\"\"\nBad \"x\" Bad\n\"\"\") b", "f(\n\n) b")]
    [InlineData("f('\"', '\\'', '\\u0022') b", "f(, , ) b")]
    [InlineData("f(\"\") b", "f() b")]
    [InlineData("\"open\nb", "\nb")]
    public void Only_code_is_left(string text, string left)
    {
        var code = CSharpText.CodeOnly(text);

        Assert.Equal(text.Length, code.Length);
        Assert.Equal(WithoutRuns(left), WithoutRuns(code));
    }

    private static string WithoutRuns(string text) => text.Replace(" ", "", StringComparison.Ordinal);
}
