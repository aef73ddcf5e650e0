namespace Chela.Gateway.Tests.Architecture;

/// <summary>The text files beside these tests: one entry a line, <c>#</c> begins a comment line.</summary>
internal static class DataFile
{
    /// <summary>The entries of a file of this folder.</summary>
    public static IEnumerable<string> Rows(string name) =>
        File.ReadLines(Path.Combine(Repository.Root, "tests/Chela.Gateway.Tests/Architecture", name))
            .Select(line => line.Trim())
            .Where(line => line is not ("" or ['#', ..]));
}
