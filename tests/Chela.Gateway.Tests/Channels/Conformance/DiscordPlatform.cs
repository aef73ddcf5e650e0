using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Channels.Discord;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Conformance;

/// <summary>Discord.</summary>
internal sealed class DiscordPlatform : IConnectedPlatform
{
    private const string Chats = "/channels/7"; // as the fake calls those with people

    private readonly FakeDiscord _fake;
    private readonly Troubles _troubles = new();
    private readonly ConcurrentDictionary<string, JsonObject> _said = new();

    private DiscordPlatform(FakeDiscord fake)
    {
        _fake = fake;
        fake.Answer = (call, _) => PersonOf(call) is not { } person || HasFile(call) ? null : _troubles.Take(person, call.Text) switch
        {
            Trouble.TooMany => FakeDiscord.Refusal(429, "You are being rate limited.", 1),
            Trouble.Fault => FakeDiscord.Refusal(502, "Bad Gateway"),
            Trouble.Silence => (NoAnswer.Status, ""),
            _ => null,
        };
    }

    public string Channel => "discord";

    public (string Friend, string Stranger) People => ("42", "7");

    public IReadOnlyList<Arrived> Texts => _troubles.Arrived;

    public IReadOnlyList<ArrivedFile> Files =>
        [.. _fake.Calls.Where(HasFile).Select(call => ArrivedFile.Of(PersonOf(call), call.Body.Text("files[0]")))];

    public int TroublesLeft => _troubles.Left;

    public static async Task<IPlatform> StartAsync() => new DiscordPlatform(await FakeDiscord.StartAsync());

    public JsonObject Account(JsonObject settings) => _fake.Account(settings.ToJsonString());

    public string ChatWith(string person) => $"7{person}";

    public Task SayAsync(GatewayProcess gateway, string person, string text, string id)
    {
        if (_said.TryGetValue(id, out var said))
        {
            _fake.Gateway.Tell("MESSAGE_CREATE", said.DeepClone().AsObject());
        }
        else
        {
            _said[id] = _fake.Say(text, person);
        }

        return Task.CompletedTask;
    }

    public Task<string> SendFileAsync(GatewayProcess gateway, string person, string words, string name, string content, string id)
    {
        var path = $"/files/{id}";
        _fake.Files[path] = Encoding.UTF8.GetBytes(content);
        var file = new JsonObject { ["url"] = _fake.Root + path, ["filename"] = name, ["content_type"] = "text/plain", ["size"] = content.Length };
        _fake.Say(words, person, new JsonObject { ["attachments"] = new JsonArray(file) });
        return Task.FromResult(words);
    }

    public Task WhenAsync(Func<bool> holds) => _troubles.WhenAsync(holds);

    public void Fail(params Trouble[] troubles) => _troubles.Add(troubles);

    public void Recover() => _troubles.Clear();

    public void Drop() => _fake.Gateway.Cut();

    public ValueTask DisposeAsync() => _fake.DisposeAsync();

    /// <summary>To whom a call says something; null where it does something else.</summary>
    private static string? PersonOf(DiscordCall call) =>
        call.Method == "POST" && call.Path.StartsWith(Chats, StringComparison.Ordinal) && call.Path.EndsWith("/messages", StringComparison.Ordinal)
            ? call.Path[Chats.Length..].Split('/')[0]
            : null;

    private static bool HasFile(DiscordCall call) => call.Body.Text("files[0]") is not null;
}
