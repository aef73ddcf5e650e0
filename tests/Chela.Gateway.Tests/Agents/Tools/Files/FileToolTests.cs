using System.Globalization;
using System.Text.Json.Nodes;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Agents.Tools.Files;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Tools.Files;

[Trait("Requirement", "G3")]
public sealed class FileToolTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Reading_is_low_risk_and_changes_nothing_writing_is_medium()
    {
        var catalog = new ToolCatalog(FileTools.All, []);

        Assert.Equal(["fs_edit", "fs_list", "fs_read", "fs_search", "fs_write"], catalog.Now().Keys.Order(StringComparer.Ordinal));
        Assert.All(catalog.Now().Values, tool => Assert.Equal(
            tool.Description.Name is "fs.write" or "fs.edit" ? (ToolRisk.Medium, true) : (ToolRisk.Low, false),
            (tool.Description.Risk, tool.Description.HasSideEffects)));
    }

    [Fact]
    public async Task What_was_written_is_read_and_missing_folders_are_made()
    {
        await DoAsync("fs.write", new JsonObject { ["path"] = "a/b/größe.txt", ["content"] = "eins\nzwei\ndrei" });

        Assert.Equal("eins\nzwei\ndrei", await DoAsync("fs.read", new JsonObject { ["path"] = "a/b/größe.txt" }));
        Assert.Equal(
            "zwei\n[The file goes on: 3 lines in all. Read on with fromLine 3.]",
            await DoAsync("fs.read", new JsonObject { ["path"] = "./a//b/größe.txt", ["fromLine"] = 2, ["lines"] = 1 }));
        Assert.Equal("drei", await DoAsync("fs.read", new JsonObject { ["path"] = "a/b/größe.txt", ["fromLine"] = 3, ["lines"] = 9 }));
        Assert.Equal("The file has 3 lines.", await RefusedAsync("fs.read", new JsonObject { ["path"] = "a/b/größe.txt", ["fromLine"] = 4 }));
        Assert.Equal([_folder.File("a/b/größe.txt")], Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_file_keeps_its_mode_when_it_is_replaced()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // has no modes
        }

        await DoAsync("fs.write", new JsonObject { ["path"] = "run.sh", ["content"] = "one" });
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        File.SetUnixFileMode(_folder.File("run.sh"), mode);

        await DoAsync("fs.edit", new JsonObject { ["path"] = "run.sh", ["oldText"] = "one", ["newText"] = "two" });

        Assert.Equal(mode, File.GetUnixFileMode(_folder.File("run.sh")));
        Assert.Equal("two", await DoAsync("fs.read", new JsonObject { ["path"] = "run.sh" }));
    }

    [Theory]
    [InlineData("b", "a-x-c-x")]
    [InlineData("missing", null)]
    [InlineData("x", null)]
    public async Task A_passage_is_replaced_when_it_stands_there_exactly_once(string old, string? expected)
    {
        var text = "a-b-c-x".Replace("b", expected is null ? "x" : "b", StringComparison.Ordinal);
        await DoAsync("fs.write", new JsonObject { ["path"] = "f", ["content"] = text });
        var edit = new JsonObject { ["path"] = "f", ["oldText"] = old, ["newText"] = "x" };

        var result = await Tool("fs.edit").CallAsync(edit, _folder.Path);

        Assert.Equal(expected is null, result.IsError);
        Assert.Equal(expected ?? text, await DoAsync("fs.read", new JsonObject { ["path"] = "f" }));
    }

    [Fact]
    public async Task Passages_that_overlap_are_more_than_one()
    {
        await DoAsync("fs.write", new JsonObject { ["path"] = "f", ["content"] = "aaa" });

        Assert.Contains("more than once", await RefusedAsync("fs.edit", new JsonObject { ["path"] = "f", ["oldText"] = "aa", ["newText"] = "b" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_listed_in_order_and_to_a_depth()
    {
        await WriteAsync("b.md", "a/x.cs", "a/deep/y.cs");

        Assert.Equal(["a/", "b.md  4 bytes"], Rows(await DoAsync("fs.list", [])));
        Assert.Equal(["a/", "a/deep/", "a/x.cs  4 bytes", "b.md  4 bytes"], Rows(await DoAsync("fs.list", new JsonObject { ["depth"] = 2 })));
        Assert.Equal(["a/deep/", "a/x.cs  4 bytes"], Rows(await DoAsync("fs.list", new JsonObject { ["path"] = "a/" })));
        Assert.Equal(["a/deep/y.cs  4 bytes", "a/x.cs  4 bytes"], Rows(await DoAsync("fs.list", new JsonObject { ["glob"] = "*.cs" })));
        Assert.Equal(["a/x.cs  4 bytes"], Rows(await DoAsync("fs.list", new JsonObject { ["glob"] = "a/*.cs" })));
        Assert.Equal("Nothing is there.", await DoAsync("fs.list", new JsonObject { ["glob"] = "*.rs" }));
    }

    [Fact]
    public async Task A_list_and_a_search_are_bounded()
    {
        await WriteAsync([.. Enumerable.Range(0, FileListing.MaxRows + 1).Select(i => i.ToString("D5", CultureInfo.InvariantCulture))]);

        var rows = Rows(await DoAsync("fs.list", []));
        var hits = Rows(await DoAsync("fs.search", new JsonObject { ["text"] = "text" }));

        Assert.Equal(FileListing.MaxRows + 1, rows.Length);
        Assert.StartsWith("[There is more", rows[^1], StringComparison.Ordinal);
        Assert.Equal(FileSearch.MaxHits + 1, hits.Length);
    }

    [Theory]
    [InlineData("a+", false, "f:2: a+b")]
    [InlineData("^a+$", true, "f:1: aa")]
    [InlineData("(x", true, null)]
    [InlineData("(a)\\1", true, null)]
    [InlineData("(?=a)", true, null)]
    public async Task Lines_are_found_by_text_and_by_expression(string text, bool isRegex, string? expected)
    {
        await DoAsync("fs.write", new JsonObject { ["path"] = "f", ["content"] = "aa\na+b\r\n" });

        var result = await Tool("fs.search").CallAsync(new JsonObject { ["text"] = text, ["isRegex"] = isRegex }, _folder.Path);

        Assert.Equal(expected is null, result.IsError);
        Assert.True(expected is null || result.Text.TrimEnd() == expected, result.Text);
    }

    [Fact]
    public async Task An_expression_that_would_backtrack_for_ever_comes_to_its_end()
    {
        await DoAsync("fs.write", new JsonObject { ["path"] = "f", ["content"] = new string('a', 100_000) + "!" });

        Assert.Equal("No line was found.", await DoAsync("fs.search", new JsonObject { ["text"] = "^(a|a|aa)+$", ["isRegex"] = true }));
    }

    [Fact]
    public async Task A_search_ends_when_its_time_is_over()
    {
        await WriteAsync("f");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Tool("fs.search").CallAsync(new JsonObject { ["text"] = "x" }, _folder.Path, new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData("fs.read", "{}")]
    [InlineData("fs.read", """{ "path": 1 }""")]
    [InlineData("fs.read", """{ "path": "a", "mode": "raw" }""")]
    [InlineData("fs.write", """{ "path": "" , "content": "" }""")]
    [InlineData("fs.list", """{ "depth": 99 }""")]
    public async Task Arguments_are_held_to_the_schema(string tool, string arguments) =>
        Assert.StartsWith("The arguments do not fit", await RefusedAsync(tool, JsonNode.Parse(arguments)!.AsObject()), StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();

    private static ITool Tool(string name) => FileTools.All.Single(tool => tool.Description.Name == name);

    private static string[] Rows(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private Task<string> DoAsync(string tool, JsonObject arguments) => Tool(tool).DoAsync(arguments, _folder.Path);

    private Task<string> RefusedAsync(string tool, JsonObject arguments) => Tool(tool).RefusedAsync(arguments, _folder.Path);

    private async Task WriteAsync(params string[] paths)
    {
        foreach (var path in paths)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(path))!);
            await File.WriteAllTextAsync(_folder.File(path), "text", TestContext.Current.CancellationToken);
        }
    }
}
