using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Channels.Slack;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Conformance;

/// <summary>Slack by Socket Mode.</summary>
internal sealed class SlackPlatform : IConnectedPlatform
{
    private readonly FakeSlack _fake;
    private readonly Troubles _troubles = new();
    private readonly ConcurrentDictionary<string, JsonObject> _said = new();

    private SlackPlatform(FakeSlack fake)
    {
        _fake = fake;
        fake.Answer = call => call.Method != "chat.postMessage" ? null : _troubles.Take(PersonIn(call.Channel!), call.Text) switch
        {
            Trouble.TooMany => (429, ""),
            Trouble.Fault => (502, "Bad Gateway"),
            Trouble.Silence => (NoAnswer.Status, ""),
            _ => null,
        };
    }

    public string Channel => "slack";

    public (string Friend, string Stranger) People => ("U42", "U7");

    public IReadOnlyList<Arrived> Texts => _troubles.Arrived;

    public IReadOnlyList<ArrivedFile> Files =>
    [
        .. Calls("files.completeUploadExternal").Zip(Calls("files.getUploadURLExternal"), Calls("upload")).Select(steps =>
            new ArrivedFile(PersonIn(steps.First.Parameters.Text("channel_id")!), steps.Second.Parameters.Text("filename"), steps.Third.Parameters.Text("content"))),
    ];

    public int TroublesLeft => _troubles.Left;

    public static async Task<IPlatform> StartAsync() => new SlackPlatform(await FakeSlack.StartAsync());

    public JsonObject Account(JsonObject settings) => _fake.Account(settings);

    public string ChatWith(string person) => $"D{person[1..]}";

    public async Task SayAsync(GatewayProcess gateway, string person, string text, string id)
    {
        if (_said.TryGetValue(id, out var said))
        {
            await _fake.TellAsync("events_api", new JsonObject { ["event"] = said.DeepClone() });
        }
        else
        {
            _said[id] = await _fake.SayAsync(text, person);
        }
    }

    public async Task<string> SendFileAsync(GatewayProcess gateway, string person, string words, string name, string content, string id)
    {
        var path = $"/files/{id}";
        _fake.Files[path] = content;
        var file = new JsonObject { ["name"] = name, ["mimetype"] = "text/plain", ["size"] = content.Length, ["url_private_download"] = _fake.Root + path };
        await _fake.SayAsync(words, person, more: new JsonObject { ["subtype"] = "file_share", ["files"] = new JsonArray(file) });
        return words;
    }

    public Task WhenAsync(Func<bool> holds) => _troubles.WhenAsync(holds);

    public void Fail(params Trouble[] troubles) => _troubles.Add(troubles);

    public void Recover() => _troubles.Clear();

    public void Drop() => _fake.Cut();

    public ValueTask DisposeAsync() => _fake.DisposeAsync();

    private static string PersonIn(string chat) => $"U{chat[1..]}";

    private IEnumerable<SlackCall> Calls(string method) => _fake.Calls.Where(call => call.Method == method);
}
