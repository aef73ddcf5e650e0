using System.Text.Json;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Agents.Providers.OpenAi;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Tests.Agents.Providers.OpenAi;

[Trait("Requirement", "G3")]
public sealed class OpenAiToolTests
{
    private const string Weather = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tools_calls_and_results_reach_the_server()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        ChatMessage[] conversation =
        [
            new(ChatRole.User, "Weather?"),
            new(ChatRole.Assistant, [new TextContent("I look."), ToolArguments.Read("call_1", "weather", """{"city":"Bern"}"""), ToolArguments.Read("call_2", "time", "")]),
            new(ChatRole.Tool, [new FunctionResultContent("call_1", "sun"), new FunctionResultContent("call_2", "noon")]),
        ];

        await trial.Client.GetResponseAsync(conversation, Offered(), Ct);

        var body = Assert.Single(trial.Server.Requests).Body;
        Assert.Equal(
            """[{"type":"function","function":{"name":"weather","description":"Tells the weather.","parameters":""" + Weather + "}}]",
            JsonSerializer.Serialize(body.GetProperty("tools")));
        Assert.Equal(
            """
            [{"role":"user","content":"Weather?"},
            {"role":"assistant","content":"I look.","tool_calls":[
            {"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\u0022city\u0022:\u0022Bern\u0022}"}},
            {"id":"call_2","type":"function","function":{"name":"time","arguments":"{}"}}]},
            {"role":"tool","content":"sun","tool_call_id":"call_1"},
            {"role":"tool","content":"noon","tool_call_id":"call_2"}]
            """.ReplaceLineEndings(""),
            JsonSerializer.Serialize(body.GetProperty("messages")));
    }

    [Fact]
    public async Task Parallel_calls_come_together_from_the_pieces_of_a_stream()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Events(
            FakeOpenAiChunks.Role(),
            FakeOpenAiChunks.Delta("I look."),
            FakeOpenAiChunks.Call(0, "call_1", "weather", ""),
            FakeOpenAiChunks.Call(0, null, null, """{"city":"""),
            FakeOpenAiChunks.Call(1, "call_2", "weather", """{"city":"Rome"}"""),
            FakeOpenAiChunks.Call(0, null, null, "\"Bern\"}"),
            FakeOpenAiChunks.Finish("tool_calls"),
            FakeOpenAiChunks.Usage(9),
            "[DONE]"));

        var (updates, failure) = await trial.StreamAsync();

        Assert.Null(failure);
        Assert.Equal("I look.", string.Concat(updates.Select(update => update.Text)));
        Assert.Equal(ChatFinishReason.ToolCalls, updates[^1].FinishReason);
        Assert.Equal(
            [("call_1", "weather", "Bern"), ("call_2", "weather", "Rome")],
            updates.SelectMany(update => update.Contents).OfType<FunctionCallContent>().Select(call => (call.CallId, call.Name, call.Arguments!["city"]!.ToString())));
    }

    [Fact]
    public async Task A_whole_answer_may_call_tools_too()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Body(
            """
            {"choices":[{"message":{"role":"assistant","content":null,"tool_calls":[
            {"id":"a","type":"function","function":{"name":"weather","arguments":{"city":"Bern"}}},
            {"type":"function","function":{"name":"time","arguments":null}}]},"finish_reason":"stop"}]}
            """, "application/json"));

        var reply = await trial.Client.GetResponseAsync("Hi", Offered(), Ct);

        var calls = reply.Messages.Single().Contents.OfType<FunctionCallContent>().ToList();
        Assert.Equal(ChatFinishReason.ToolCalls, reply.FinishReason);
        Assert.Equal(["weather", "time"], calls.Select(call => call.Name));
        Assert.Equal("Bern", calls[0].Arguments!["city"]!.ToString());
        Assert.NotEmpty(calls[1].CallId);
        Assert.Empty(calls[1].Arguments!);
    }

    [Theory]
    [InlineData("{\"city\":")]
    [InlineData("Bern")]
    [InlineData("[1]")]
    public async Task Arguments_that_cannot_be_read_are_kept_apart_from_the_call(string arguments)
    {
        await using var trial = await OpenAiTrial.StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Events(FakeOpenAiChunks.Call(0, "call_1", "weather", arguments), FakeOpenAiChunks.Finish("tool_calls"), "[DONE]"));

        var (updates, failure) = await trial.StreamAsync();

        var call = Assert.Single(updates.SelectMany(update => update.Contents).OfType<FunctionCallContent>());
        Assert.Null(failure);
        Assert.Null(call.Arguments);
        Assert.IsType<JsonException>(call.Exception);
    }

    [Fact]
    public async Task Of_a_stream_that_was_cut_no_call_is_made()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        trial.Server.Enqueue(FakeOpenAiReply.Events(FakeOpenAiChunks.Call(0, "call_1", "weather", "{}")));

        var (updates, failure) = await trial.StreamAsync();

        Assert.Equal(ProviderErrorKind.Network, failure!.Error.Kind);
        Assert.Empty(updates.SelectMany(update => update.Contents).OfType<FunctionCallContent>());
    }

    [Fact]
    public async Task A_call_without_a_name_or_too_many_of_them_are_no_answer()
    {
        await using var trial = await OpenAiTrial.StartAsync();
        string[] flood = [.. Enumerable.Range(0, ToolCallBuilder.MostCalls + 1).Select(index => FakeOpenAiChunks.Call(index, $"call_{index}", "weather", "{}"))];
        string[] end = [FakeOpenAiChunks.Finish("tool_calls"), "[DONE]"];
        trial.Server.Enqueue(
            FakeOpenAiReply.Events([FakeOpenAiChunks.Call(0, "call_1", null, "{}"), .. end]),
            FakeOpenAiReply.Events([.. flood, .. end]),
            FakeOpenAiReply.Events([FakeOpenAiChunks.Call(0, "call_1", "weather", new string(' ', ToolCallBuilder.LongestArguments / 2)), FakeOpenAiChunks.Call(0, null, null, new string(' ', (ToolCallBuilder.LongestArguments / 2) + 1)), .. end]));

        for (var reply = 0; reply < 3; reply++)
        {
            var (_, failure) = await trial.StreamAsync();
            Assert.Equal(ProviderErrorKind.Malformed, failure!.Error.Kind);
        }
    }

    private static ChatOptions Offered() => new()
    {
        Tools = [AIFunctionFactory.CreateDeclaration("weather", "Tells the weather.", JsonElement.Parse(Weather))],
    };
}
