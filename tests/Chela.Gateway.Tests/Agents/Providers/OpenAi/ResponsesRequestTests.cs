using System.Text.Json;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Sessions.Attachments;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Tests.Agents.Providers.OpenAi;

[Trait("Requirement", "G5")]
public sealed class ResponsesRequestTests
{
    private const string Weather = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_not_set_is_not_sent_and_the_server_keeps_nothing()
    {
        await using var trial = await StartAsync();

        await trial.StreamAsync();

        var request = Assert.Single(trial.Server.Requests);
        Assert.Equal(("/v1/responses", "Bearer " + OpenAiTrial.Key), (request.Path, request.Headers["Authorization"]));
        Assert.Equal(
            """{"model":"fake-1","input":[{"type":"message","role":"user","content":"Hi"}],"stream":true,"store":false}""",
            JsonSerializer.Serialize(request.Body));
    }

    [Fact]
    [Trait("Requirement", "G3")]
    public async Task Instructions_conversation_tools_and_their_results_reach_the_server()
    {
        await using var trial = await StartAsync();
        ChatMessage[] conversation =
        [
            new(ChatRole.System, "Be brief."),
            new(ChatRole.User, "Weather?"),
            new(ChatRole.Assistant, ""),
            new(ChatRole.Assistant, [new TextReasoningContent("hm"), new TextContent("I look."), ToolArguments.Read("call_1", "weather", """{"city":"Bern"}""")]),
            new(ChatRole.Tool, [new FunctionResultContent("call_1", "sun")]),
            new(ChatRole.System, "It is late."),
        ];
        var options = new ChatOptions
        {
            Instructions = "Rules.",
            Temperature = 0.5f,
            MaxOutputTokens = 9,
            Tools = [AIFunctionFactory.CreateDeclaration("weather", "Tells the weather.", JsonElement.Parse(Weather))],
            ToolMode = ChatToolMode.None,
            Reasoning = new ReasoningOptions { Effort = ReasoningEffort.Low },
        };

        var reply = await trial.Client.GetResponseAsync(conversation, options, Ct);

        var body = Assert.Single(trial.Server.Requests).Body;
        Assert.Equal("Hello from the fake.", reply.Text);
        Assert.Equal("Rules.\n\nBe brief.", body.Text("instructions"));
        Assert.Equal(
            """
            [{"type":"message","role":"user","content":"Weather?"},
            {"type":"message","role":"assistant","content":"I look."},
            {"type":"function_call","call_id":"call_1","name":"weather","arguments":"{\u0022city\u0022:\u0022Bern\u0022}"},
            {"type":"function_call_output","call_id":"call_1","output":"sun"},
            {"type":"message","role":"system","content":"It is late."}]
            """.ReplaceLineEndings(""),
            JsonSerializer.Serialize(body.GetProperty("input")));
        Assert.Equal(
            """[{"type":"function","name":"weather","description":"Tells the weather.","parameters":""" + Weather + ""","strict":false}]""",
            JsonSerializer.Serialize(body.GetProperty("tools")));
        Assert.Equal(
            ("none", "low", "0.5", "9"), (body.Text("tool_choice"), body.Text("reasoning/effort"), body.Text("temperature"), body.Text("max_output_tokens")));
    }

    [Fact]
    [Trait("Requirement", "B2")]
    public async Task A_picture_is_shown()
    {
        await using var trial = await StartAsync();
        var picture = new DataContent(SampleFiles.Png, "image/png") { Name = "photo.png" };

        await trial.Client.GetResponseAsync([new ChatMessage(ChatRole.User, [picture, new TextContent("What is it?")])], cancellationToken: Ct);

        var sent = trial.Server.Requests[0].Body.GetProperty("input")[0].GetProperty("content");
        Assert.Equal(("input_image", picture.Uri), (sent[0].Text("type"), sent[0].Text("image_url")));
        Assert.Equal(("input_text", "What is it?"), (sent[1].Text("type"), sent[1].Text("text")));
    }

    [Fact]
    public async Task What_cannot_be_sent_is_refused_and_never_dropped_in_silence()
    {
        await using var trial = await StartAsync();
        var sound = new ChatMessage(ChatRole.User, [new DataContent(new byte[] { 1 }, "audio/wav")]);

        await Assert.ThrowsAsync<NotSupportedException>(() => trial.Client.GetResponseAsync([sound], cancellationToken: Ct));
        await Assert.ThrowsAsync<NotSupportedException>(() => trial.Client.GetResponseAsync("Hi", new ChatOptions { Tools = [new HostedWebSearchTool()] }, Ct));
        await Assert.ThrowsAsync<NotSupportedException>(() => trial.Client.GetResponseAsync("Hi", new ChatOptions { StopSequences = ["END"] }, Ct));

        Assert.Empty(trial.Server.Requests);
    }

    private static Task<OpenAiTrial> StartAsync() => OpenAiTrial.StartAsync(api: ModelProviderConfig.OpenAiResponses);
}
