using System.Text.Json.Nodes;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Memory;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Memory;

[Trait("Requirement", "G6")]
public sealed class MemoryToolTests : IDisposable
{
    private readonly TempFolder _workspace = new();
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task What_is_noted_is_found_again_and_read()
    {
        var tools = Tools();
        var file = $"memory/{_time.GetUtcNow():yyyy-MM-dd}.md";

        Assert.Equal($"Noted in {file}.", await DoAsync(tools.Add, new JsonObject { ["text"] = "Tilda is a turtle." }));
        await DoAsync(tools.Add, new JsonObject { ["text"] = "The dentist is on Thursday." });

        Assert.Contains("Tilda is a turtle.", await DoAsync(tools.Search, new JsonObject { ["query"] = "turtle" }), StringComparison.Ordinal);
        Assert.StartsWith($"{file}, lines 1 to ", await DoAsync(tools.Search, new JsonObject { ["query"] = "thursday" }), StringComparison.Ordinal);
        var time = $"{_time.GetUtcNow():HH:mm}";
        Assert.Equal(
            $"# {_time.GetUtcNow():yyyy-MM-dd}\n\n{time} Tilda is a turtle.\n\n{time} The dentist is on Thursday.\n",
            await DoAsync(tools.Get, new JsonObject { ["path"] = file }));
        Assert.Equal($"{time} Tilda is a turtle.", await DoAsync(tools.Get, new JsonObject { ["path"] = file, ["from"] = 3, ["lines"] = 1 }));
        Assert.Equal("Nothing of that is in your memory.", await DoAsync(tools.Search, new JsonObject { ["query"] = "cat" }));
    }

    [Fact]
    public async Task The_file_for_good_is_searched_too_and_others_are_not()
    {
        File.WriteAllText(_workspace.File("MEMORY.md"), "Ann likes turtles.");
        File.WriteAllText(_workspace.File("AGENTS.md"), "Talk of turtles.");
        Directory.CreateDirectory(_workspace.File("memory"));
        File.WriteAllText(_workspace.File("memory/list.txt"), "turtles");
        File.WriteAllBytes(_workspace.File("memory/odd.md"), [0xFF, 0xFE, 0x00]);

        var found = await DoAsync(Tools().Search, new JsonObject { ["query"] = "turtles" });

        Assert.Equal("MEMORY.md, lines 1 to 1:\nAnn likes turtles.", found);
    }

    [Theory]
    [InlineData("AGENTS.md")]
    [InlineData("memory")]
    [InlineData("memory/../AGENTS.md")]
    [InlineData("../MEMORY.md")]
    [InlineData("/etc/passwd")]
    [InlineData("memory/link.md")]
    [Trait("Requirement", "A8")]
    public async Task No_path_leads_out_of_the_memory(string path)
    {
        File.WriteAllText(_workspace.File("AGENTS.md"), "secret");
        Directory.CreateDirectory(_workspace.File("memory"));
        File.CreateSymbolicLink(_workspace.File("memory/link.md"), _workspace.File("AGENTS.md"));
        var tools = Tools();

        Assert.DoesNotContain("secret", await tools.Get.RefusedAsync(new JsonObject { ["path"] = path }, _workspace.Path), StringComparison.Ordinal);
        Assert.Equal("Nothing of that is in your memory.", await DoAsync(tools.Search, new JsonObject { ["query"] = "secret" }));
    }

    [Fact]
    [Trait("Requirement", "A8")]
    public async Task Notes_are_not_written_through_a_link()
    {
        using var outside = new TempFolder();
        Directory.CreateSymbolicLink(_workspace.File("memory"), outside.Path);

        await Tools().Add.RefusedAsync(new JsonObject { ["text"] = "x" }, _workspace.Path);

        Assert.Empty(Directory.EnumerateFileSystemEntries(outside.Path));
    }

    [Fact]
    public void Only_writing_changes_something()
    {
        var tools = Tools();

        Assert.All([tools.Search, tools.Get], tool => Assert.Equal((ToolRisk.Low, false), (tool.Description.Risk, tool.Description.HasSideEffects)));
        Assert.Equal((ToolRisk.Medium, true), (tools.Add.Description.Risk, tools.Add.Description.HasSideEffects));
    }

    public void Dispose() => _workspace.Dispose();

    /// <summary>The tools of a gateway that compares words alone.</summary>
    private MemoryTools Tools() => new(new MemoryRecall(() => new MemorySearchConfig(), vectors: null!), _time);

    private Task<string> DoAsync(ITool tool, JsonObject arguments) => tool.DoAsync(arguments, _workspace.Path);
}
