using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The files of a workspace at the real executable: written over the protocol, and told to the model.</summary>
[Trait("Requirement", "G4")]
public sealed class WorkspaceFileTests
{
    private const string OtherHash = "0000000000000000000000000000000000000000000000000000000000000000";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_that_is_written_is_told_from_the_next_message_on()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path)
        {
            Environment = [("OPENAI_BASE_URL", fake.BaseUrl), ("CHELA_MODEL", "openai/fake-1"), ("CHELA_AGENTS__DEFAULTS__INSTRUCTIONS", "You help.")],
        });
        await using var client = await gateway.OpenOpenClawAsync();
        await client.SendChatAsync("main", "before", "hello");
        await client.ChatEndAsync("before");

        var set = await client.CallAsync("agents.files.set", Params("SOUL.md", "Be brief."));
        await client.SendChatAsync("main", "after", "hello");
        await client.ChatEndAsync("after");

        Assert.Equal("true", set.Text("payload/ok"));
        Assert.Equal("system: You help.", fake.Requests[0].Messages[0]);
        Assert.StartsWith("system: You help.\n\n# Your workspace\n", fake.Requests[1].Messages[0], StringComparison.Ordinal);
        Assert.EndsWith("## SOUL.md\n\nBe brief.", fake.Requests[1].Messages[0], StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "W9")]
    public async Task Files_are_listed_read_and_replaced_only_where_they_are_as_expected()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
        await using var client = await gateway.OpenOpenClawAsync();

        var empty = await client.CallAsync("agents.files.list", new() { ["agentId"] = "main" });
        var unexpected = await client.CallAsync("agents.files.set", Params("USER.md", "Ann", OtherHash));
        var first = await client.CallAsync("agents.files.set", Params("USER.md", "Ann"));
        var second = await client.CallAsync("agents.files.set", Params("USER.md", "Bea", first.Text("payload/file/hash")));
        var third = await client.CallAsync("agents.files.set", Params("USER.md", "Cleo", first.Text("payload/file/hash")));
        var read = await client.CallAsync("agents.files.get", Params("USER.md"));
        var missing = await client.CallAsync("agents.files.get", Params("SOUL.md"));

        Assert.All(empty.List("payload/files"), file => Assert.Equal("true", file.Text("missing")));
        Assert.Contains("USER.md", empty.List("payload/files").Select(file => file.Text("name")));
        Assert.All([unexpected, third], answer => Assert.Equal("USER.md holds another text by now; read it again", answer.Text("error/message")));
        Assert.Equal(("Bea", "3", second.Text("payload/file/hash")), (read.Text("payload/file/content"), read.Text("payload/file/size"), read.Text("payload/file/hash")));
        Assert.Equal(Path.Combine(read.Text("payload/workspace")!, "USER.md"), read.Text("payload/file/path"));
        Assert.Equal(("true", null), (missing.Text("payload/file/missing"), missing.Text("payload/file/content")));
    }

    [Fact]
    [Trait("Requirement", "W9")]
    public async Task Notes_of_the_days_are_listed_after_the_other_files_and_can_be_changed()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
        await using var client = await gateway.OpenOpenClawAsync();

        var missing = await client.CallAsync("agents.files.get", Params("memory/2026-11-25.md"));
        var first = await client.CallAsync("agents.files.set", Params("memory/2026-11-25.md", "Ann likes tea"));
        await client.CallAsync("agents.files.set", Params("memory/2026-11-26.md", "Bea likes coffee"));
        var again = await client.CallAsync("agents.files.set", Params("memory/2026-11-25.md", "Ann likes milk", first.Text("payload/file/hash")));
        var listed = await client.CallAsync("agents.files.list", new() { ["agentId"] = "main" });
        var found = await client.CallAsync("memory.search", new() { ["query"] = "milk" });

        Assert.Equal("true", missing.Text("payload/file/missing"));
        Assert.Equal("Ann likes milk", again.Text("payload/file/content"));
        Assert.Equal(["MEMORY.md", "memory/2026-11-26.md", "memory/2026-11-25.md"], listed.List("payload/files").TakeLast(3).Select(file => file.Text("name")));
        Assert.Equal(["memory/2026-11-25.md"], found.List("payload/results").Select(hit => hit.Text("path")));
    }

    [Fact]
    [Trait("Requirement", "A8")]
    public async Task A_folder_of_notes_that_is_a_link_is_not_followed()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
        await using var client = await gateway.OpenOpenClawAsync();
        var workspace = (await client.CallAsync("agents.files.set", Params("SOUL.md", "x"))).Text("payload/workspace")!;
        var outside = Directory.CreateDirectory(Path.Combine(folder.Path, "outside")).FullName;
        await File.WriteAllTextAsync(Path.Combine(outside, "secret.md"), "secret", Ct);
        Directory.CreateSymbolicLink(Path.Combine(workspace, "memory"), outside);

        var read = await client.CallAsync("agents.files.get", Params("memory/secret.md"));
        var written = await client.CallAsync("agents.files.set", Params("memory/secret.md", "mine"));

        Assert.Equal(("true", null), (read.Text("payload/file/missing"), read.Text("payload/file/content")));
        Assert.Contains("links are not followed", written.Text("error/message"), StringComparison.Ordinal);
        Assert.Equal("secret", await File.ReadAllTextAsync(Path.Combine(outside, "secret.md"), Ct));
    }

    [Theory]
    [InlineData("main", "../chela.json")]
    [InlineData("main", "/etc/passwd")]
    [InlineData("main", "notes.md")]
    [InlineData("main", "agents.md")]
    [InlineData("main", "memory/../SOUL.md")]
    [InlineData("main", "memory/sub/day.md")]
    [InlineData("main", "memory/.hidden.md")]
    [InlineData("main", "memory/day.txt")]
    [InlineData("other", "SOUL.md")]
    [InlineData("../main", "SOUL.md")]
    [Trait("Requirement", "A8")]
    public async Task Nothing_else_is_read_or_written(string agent, string name)
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
        await using var client = await gateway.OpenOpenClawAsync();

        var read = await client.CallAsync("agents.files.get", new() { ["agentId"] = agent, ["name"] = name });
        var written = await client.CallAsync("agents.files.set", new() { ["agentId"] = agent, ["name"] = name, ["content"] = "x" });

        Assert.All([read, written], answer => Assert.Matches("^(unsupported file|unknown agent id) ", answer.Text("error/message")));
    }

    [Fact]
    [Trait("Requirement", "A8")]
    public async Task A_link_is_neither_read_nor_written_through()
    {
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
        await using var client = await gateway.OpenOpenClawAsync();
        var workspace = (await client.CallAsync("agents.files.list", new() { ["agentId"] = "main" })).Text("payload/workspace")!;
        Directory.CreateDirectory(workspace);
        var outside = folder.File("outside.txt");
        await File.WriteAllTextAsync(outside, "secret", Ct);
        File.CreateSymbolicLink(Path.Combine(workspace, "SOUL.md"), outside);

        var read = await client.CallAsync("agents.files.get", Params("SOUL.md"));
        var written = await client.CallAsync("agents.files.set", Params("SOUL.md", "x"));

        Assert.Equal("true", read.Text("payload/file/missing"));
        Assert.Contains("is a symbolic link", written.Text("error/message"), StringComparison.Ordinal);
        Assert.Equal("secret", await File.ReadAllTextAsync(outside, Ct));
    }

    private static JsonObject Params(string name, string? content = null, string? expectedHash = null)
    {
        var parameters = new JsonObject { ["agentId"] = "main", ["name"] = name };
        if (content is not null)
        {
            parameters["content"] = content;
        }

        if (expectedHash is not null)
        {
            parameters["expectedHash"] = expectedHash;
        }

        return parameters;
    }
}
