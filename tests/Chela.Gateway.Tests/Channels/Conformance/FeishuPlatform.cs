using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Channels.Feishu;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Conformance;

/// <summary>Feishu by the long connection.</summary>
internal sealed class FeishuPlatform : IPlatform
{
    private const string ChatWith = "oc_with_";

    private readonly FakeFeishu _fake;
    private readonly Troubles _troubles = new();
    private readonly ConcurrentDictionary<string, string> _said = new();

    private FeishuPlatform(FakeFeishu fake)
    {
        _fake = fake;
        fake.Answer = call => call.Chat is null ? null : _troubles.Take(call.Chat[ChatWith.Length..], call.Text) switch
        {
            Trouble.TooMany => (429, 99991400, 1),
            Trouble.Fault => (500, 2200, null),
            _ => null,
        };
    }

    public string Channel => "feishu";

    public (string Friend, string Stranger) People => ("ou_anna", "ou_bert");

    public IReadOnlyList<Arrived> Texts => _troubles.Arrived;

    public static async Task<IPlatform> StartAsync() => new FeishuPlatform(await FakeFeishu.StartAsync());

    public JsonObject Account(JsonObject settings) => _fake.Account(settings.ToJsonString());

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
        var message = _fake.Message("p2p", $"{ChatWith}{person}", person, "file", new JsonObject { ["file_key"] = id, ["file_name"] = name });
        _fake.Files[$"/open-apis/im/v1/messages/{message["event"]!["message"]!["message_id"]}/resources/{id}"] = Encoding.UTF8.GetBytes(content);
        _fake.Tell(message);
        return Task.FromResult("[file]");
    }

    public void Fail(params Trouble[] troubles) => _troubles.Add(troubles);

    public void Recover() => _troubles.Clear();

    public ValueTask DisposeAsync() => _fake.DisposeAsync();
}
