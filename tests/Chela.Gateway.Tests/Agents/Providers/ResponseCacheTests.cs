using System.Text.Json;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.Failover;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Agents.Providers;

[Trait("Requirement", "G5")]
[Trait("Requirement", "O3")]
public sealed class ResponseCacheTests : IAsyncLifetime
{
    private const int Ttl = 60;

    private readonly ManualTimeProvider _time = new();
    private readonly HttpClient _http = ProviderHttp.CreateClient();
    private FakeOpenAi? _server;
    private ResponseCache? _cache;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private FakeOpenAi Server => _server!; // made before the first test

    public async ValueTask InitializeAsync()
    {
        _server = await FakeOpenAi.StartAsync(Ct);
        var models = TestModels.Read(new ChelaConfig
        {
            Models = new() { Providers = new Dictionary<string, ModelProviderConfig> { ["a"] = new() { BaseUrl = _server.BaseUrl } } },
        });
        var catalog = new ProviderCatalog(models, TimeProvider.System, () => _http);
        _cache = new ResponseCache(new ModelCalls(catalog, new ModelHealth(_time), _time, NullLogger<ModelCalls>.Instance), _time);
    }

    public async ValueTask DisposeAsync()
    {
        _cache!.Dispose();
        _http.Dispose();
        await Server.DisposeAsync();
    }

    [Fact]
    public async Task An_answer_is_told_again_word_for_word_until_its_time_is_over()
    {
        Server.Enqueue(FakeOpenAiReply.Text("It ", "is ", "noon."), FakeOpenAiReply.Text("It is one."));

        var first = await AskAsync(Question("What time is it?"));
        _time.Advance(TimeSpan.FromSeconds(Ttl - 1));
        var again = await AskAsync(Question("What time is it?"));
        _time.Advance(TimeSpan.FromSeconds(1));
        var later = await AskAsync(Question("What time is it?"));

        Assert.Equal(["It ", "is ", "noon.", ""], first.Select(told => told.Update.Text));
        Assert.Equal(first.Select(told => told.Update.Text), again.Select(told => told.Update.Text));
        Assert.Equal((8, 8), (Tokens(first), Tokens(again)));
        Assert.All(first.Concat(later), told => Assert.False(told.IsRepeated));
        Assert.All(again, told => Assert.True(told.IsRepeated));
        Assert.Equal("It is one.", TextOf(later));
        Assert.Equal(2, Server.Requests.Count);
    }

    [Fact]
    public async Task Whatever_differs_in_a_request_makes_it_another_one()
    {
        var look = AIFunctionFactory.CreateDeclaration("look", "Looks.", JsonElement.Parse("""{"type":"object"}"""));
        var lookElsewhere = AIFunctionFactory.CreateDeclaration("look", "Looks.", JsonElement.Parse("""{"type":"object","properties":{}}"""));
        (string Agent, string Model, IReadOnlyList<ChatMessage> Messages, ChatOptions? Options)[] requests =
        [
            ("main", "big", Question("Hi"), null),
            ("other", "big", Question("Hi"), null),
            ("main", "small", Question("Hi"), null),
            ("main", "big", Question("Hi "), null),
            ("main", "big", [new(ChatRole.System, "Be brief."), .. Question("Hi")], null),
            ("main", "big", [.. Question("Hi"), new(ChatRole.Assistant, "Hello"), .. Question("Hi")], null),
            ("main", "big", Question("Hi"), new ChatOptions { Tools = [look] }),
            ("main", "big", Question("Hi"), new ChatOptions { Tools = [lookElsewhere] }),
            ("main", "big", Question("Hi"), new ChatOptions { Tools = [look], ToolMode = ChatToolMode.None }),
            ("main", "big", Question("Hi"), new ChatOptions { Temperature = 1 }),
        ];

        for (var round = 0; round < 2; round++)
        {
            foreach (var (agent, model, messages, options) in requests)
            {
                await AskAsync(messages, options, agent, model);
            }
        }

        Assert.Equal(requests.Length, Server.Requests.Count);
    }

    [Fact]
    public async Task An_agent_that_does_not_ask_for_it_has_its_model_asked_each_time()
    {
        await AskAsync(Question("Hi"), ttl: 0);
        await AskAsync(Question("Hi"));
        await AskAsync(Question("Hi"), ttl: 0);

        Assert.Equal(3, Server.Requests.Count);
    }

    [Theory]
    [InlineData("calls")]
    [InlineData("length")]
    [InlineData("filter")]
    [InlineData("cut")]
    [InlineData("too long")]
    public async Task Only_whole_answers_without_calls_of_tools_are_kept(string answer)
    {
        Server.Enqueue(answer switch
        {
            "calls" => FakeOpenAiReply.Calls(("look", "{}")),
            "length" => FakeOpenAiReply.Events(FakeOpenAiChunks.Delta("cut short"), FakeOpenAiChunks.Finish("length"), "[DONE]"),
            "filter" => FakeOpenAiReply.Events(FakeOpenAiChunks.Delta("bad"), FakeOpenAiChunks.Finish("content_filter"), "[DONE]"),
            "cut" => FakeOpenAiReply.Events(FakeOpenAiChunks.Delta("half an ")),
            _ => FakeOpenAiReply.Text([.. Enumerable.Repeat(new string('x', 200_000), 4)]),
        });

        await IgnoreFailureAsync(AskAsync(Question("Hi")));
        var second = await AskAsync(Question("Hi"));

        Assert.Equal("Hello from the fake.", TextOf(second));
        Assert.Equal(2, Server.Requests.Count);
    }

    [Fact]
    public async Task What_another_model_said_is_not_kept_for_the_one_that_failed()
    {
        Server.Enqueue(FakeOpenAiReply.Failure(402, "insufficient_quota", "no"));

        var first = await AskAsync(Question("Hi"), models: ["big", "small"]);
        await AskAsync(Question("Hi"), models: ["big", "small"]);

        Assert.Equal("small", first[0].Model.Name);
        Assert.Equal(["big", "small"], Server.Requests.Take(2).Select(request => request.Model));
        Assert.True(Server.Requests.Count > 2);
    }

    [Fact]
    public async Task An_answer_that_nobody_listens_to_until_its_end_is_not_kept()
    {
        await foreach (var told in _cache!.AskAsync(Agent("main", Ttl), [new ModelRef("a", "big")], Question("Hi"), null, Ct))
        {
            Assert.Equal("Hello ", told.Update.Text);
            break;
        }

        await AskAsync(Question("Hi"));

        Assert.Equal(2, Server.Requests.Count);
    }

    private static ChatMessage[] Question(string text) => [new(ChatRole.User, text)];

    private static AgentInForce Agent(string id, int ttl) =>
        new(id) { ContextTokens = 1000, TimeoutSeconds = 60, ResponseCache = new ResponseCacheConfig { TtlSeconds = ttl } };

    private static string TextOf(IEnumerable<ModelUpdate> answer) => string.Concat(answer.Select(told => told.Update.Text));

    private static long? Tokens(List<ModelUpdate> answer) => answer.Select(told => told.Update).ToChatResponse().Usage?.TotalTokenCount;

    private static async Task IgnoreFailureAsync(Task<List<ModelUpdate>> answer)
    {
        try
        {
            await answer;
        }
        catch (ProviderException)
        {
            // The next answer tells whether this one was kept.
        }
    }

    private Task<List<ModelUpdate>> AskAsync(
        IReadOnlyList<ChatMessage> messages, ChatOptions? options = null, string agent = "main", string model = "big", int ttl = Ttl) =>
        AskAsync(messages, [model], options, agent, ttl);

    private Task<List<ModelUpdate>> AskAsync(IReadOnlyList<ChatMessage> messages, string[] models) => AskAsync(messages, models, null, "main", Ttl);

    private async Task<List<ModelUpdate>> AskAsync(IReadOnlyList<ChatMessage> messages, string[] models, ChatOptions? options, string agent, int ttl)
    {
        var told = new List<ModelUpdate>();
        await foreach (var update in _cache!.AskAsync(Agent(agent, ttl), [.. models.Select(name => new ModelRef("a", name))], messages, options, Ct))
        {
            told.Add(update);
        }

        return told;
    }
}
