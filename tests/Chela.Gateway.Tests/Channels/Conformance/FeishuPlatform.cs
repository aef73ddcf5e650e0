using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Channels.Feishu;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Conformance;

/// <summary>Feishu by the long connection.</summary>
internal sealed class FeishuPlatform : IConnectedPlatform
{
    private const string Chats = "oc_with_";

    private readonly FakeFeishu _fake;
    private readonly Troubles _troubles = new();
    private readonly ConcurrentDictionary<string, string> _said = new();

    private FeishuPlatform(FakeFeishu fake)
    {
        _fake = fake;
        fake.Answer = call => call.Chat is null || IsFile(call) ? null : _troubles.Take(PersonIn(call.Chat), call.Text) switch
        {
            Trouble.TooMany => (429, 99991400, 1),
            Trouble.Fault => (500, 2200, null),
            Trouble.Silence => (NoAnswer.Status, 0, null),
            _ => null,
        };
    }

    public string Channel => "feishu";

    public (string Friend, string Stranger) People => ("ou_anna", "ou_bert");

    public IReadOnlyList<Arrived> Texts => _troubles.Arrived;

    public IReadOnlyList<ArrivedFile> Files =>
    [
        .. _fake.Sent.Where(IsFile).Zip(_fake.Calls.Where(call => call.Path.EndsWith("/im/v1/files", StringComparison.Ordinal)), (message, upload) =>
            new ArrivedFile(PersonIn(message.Chat!), upload.Body.Text("file_name"), upload.Body.Text("file"))),
    ];

    public int TroublesLeft => _troubles.Left;

    public static async Task<IPlatform> StartAsync() => new FeishuPlatform(await FakeFeishu.StartAsync());

    public JsonObject Account(JsonObject settings) => _fake.Account(settings.ToJsonString());

    public string ChatWith(string person) => Chats + person;

    public Task SayAsync(GatewayProcess gateway, string person, string text, string id)
    {
        if (_said.TryGetValue(id, out var said))
        {
            _fake.Tell(said);
        }
        else
        {
            _said[id] = _fake.Say(text, person);
        }

        return Task.CompletedTask;
    }

    public Task<string> SendFileAsync(GatewayProcess gateway, string person, string words, string name, string content, string id)
    {
        var message = _fake.Message("p2p", ChatWith(person), person, "file", new JsonObject { ["file_key"] = id, ["file_name"] = name });
        _fake.Files[$"/open-apis/im/v1/messages/{message["event"]!["message"]!["message_id"]}/resources/{id}"] = Encoding.UTF8.GetBytes(content);
        _fake.Tell(message);
        return Task.FromResult("[file]");
    }

    public Task WhenAsync(Func<bool> holds) => _troubles.WhenAsync(holds);

    public void Fail(params Trouble[] troubles) => _troubles.Add(troubles);

    public void Recover() => _troubles.Clear();

    public void Drop() => _fake.Line.Cut();

    public ValueTask DisposeAsync() => _fake.DisposeAsync();

    private static string PersonIn(string chat) => chat[Chats.Length..];

    private static bool IsFile(FeishuCall message) => message.Body.Text("msg_type") == "file";
}
