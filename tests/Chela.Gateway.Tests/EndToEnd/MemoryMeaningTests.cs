using System.Text.Json;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Memory that is found by its meaning, through the real executable and a server that speaks embeddings.</summary>
[Trait("Requirement", "G6")]
public sealed class MemoryMeaningTests : ScriptedModelTest
{
    private const string Pets = "# Pets\nAnn keeps a turtle, Tilda.";
    private const string Money = "# Money\nThe invoice is due on Friday.";

    [Fact]
    public async Task A_passage_without_a_word_of_the_question_is_found_and_no_text_is_sent_twice_also_after_a_restart()
    {
        Model.Embed = text => Task.FromResult<float[]?>(Meaning(text));
        Write(Pets, Money);
        await using (var gateway = await GatewayProcess.StartAsync(Start()))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            var found = await SearchAllAsync(client, "any reptile?");
            Assert.Equal(("openai", "hybrid", null), (found.Text("provider"), found.Text("searchMode"), found.Text("warning")));
            Assert.Equal([Pets, Money], found.List("results").Select(row => row.Text("snippet")));
            var usage = await client.CallAsync("usage.cost", new() { ["days"] = 1 });
            Assert.Equal($"{Model.Embedded.Count}", usage.Text("payload/totals/totalTokens"));
            gateway.Kill();
            await gateway.EndAsync();
        }

        const string Food = "# Food\nBob likes soup.";
        Write(Pets, Food);
        await using var again = await GatewayProcess.StartAsync(Start());
        await using var reader = await again.OpenOpenClawAsync();
        await SearchAllAsync(reader, "any reptile?");
        Model.Enqueue(FakeOpenAiReply.Calls(("memory_search", """{"query":"a reptile","maxResults":1}""")), FakeOpenAiReply.Text("Tilda."));
        await reader.SendChatAsync("main", "run", "Which animal?");
        await reader.ChatEndAsync("run");

        Assert.Equal([Pets, Money, Food], Model.Embedded.SelectMany(texts => texts).Where(text => !text.Contains("reptile", StringComparison.Ordinal)));
        Assert.Equal($"MEMORY.md, lines 1 to 3:\n{Pets}", Model.Requests[^1].Body.List("messages")[^1].Text("content"));
    }

    [Fact]
    public async Task Where_the_provider_fails_words_are_compared_and_that_is_said()
    {
        Write(Pets, Money);
        await using var gateway = await GatewayProcess.StartAsync(Start());
        await using var client = await gateway.OpenOpenClawAsync();

        var found = await SearchAsync(client, "the invoice");

        Assert.Equal(("none", "fts-only"), (found.Text("provider"), found.Text("searchMode")));
        Assert.StartsWith("Only words were compared. The model provider does not know this model or address (404).", found.Text("warning"), StringComparison.Ordinal);
        Assert.Equal([Money], found.List("results").Select(row => row.Text("snippet")));
    }

    private GatewayStart Start() => new(Folder.Path)
    {
        Environment =
        [
            ("OPENAI_API_KEY", "sk-test"), ("OPENAI_BASE_URL", Model.BaseUrl), ("CHELA_MODEL", "openai/fake-1"),
            ("CHELA_MEMORY__SEARCH__PROVIDER", "openai"), ("CHELA_MEMORY__SEARCH__MODEL", "embed-1"),
        ],
    };

    private void Write(params string[] passages)
    {
        var workspace = Directory.CreateDirectory(Folder.File("state/workspaces/main")).FullName;
        File.WriteAllText(Path.Combine(workspace, "MEMORY.md"), string.Join("\n\n", passages) + "\n");
    }

    /// <summary>What a text is about: animals, money, or something else.</summary>
    private static float[] Meaning(string text) =>
        text.Contains("turtle", StringComparison.Ordinal) || text.Contains("reptile", StringComparison.Ordinal) ? [1, 0.1f, 0]
        : text.Contains("invoice", StringComparison.Ordinal) ? [0.1f, 1, 0]
        : [0, 0, 1];

    /// <summary>Searches until every passage has been compared by its meaning: a search does not wait long for that.</summary>
    private static async Task<JsonElement> SearchAllAsync(WireClient client, string question)
    {
        JsonElement found;
        do
        {
            found = await SearchAsync(client, question);
        }
        while (found.Text("warning") is not null);
        return found;
    }

    private static async Task<JsonElement> SearchAsync(WireClient client, string question) =>
        (await client.CallAsync("memory.search", new() { ["query"] = question })).GetProperty("payload");
}
