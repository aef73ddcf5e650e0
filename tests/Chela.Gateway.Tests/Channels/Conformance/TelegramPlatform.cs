using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Channels.Telegram;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Conformance;

/// <summary>Telegram, asked for updates.</summary>
internal sealed class TelegramPlatform : IConnectedPlatform
{
    private readonly FakeTelegram _fake;
    private readonly Troubles _troubles = new();
    private readonly ConcurrentDictionary<string, JsonObject> _said = new();

    private TelegramPlatform(FakeTelegram fake)
    {
        _fake = fake;
        fake.Answer = call => call.Method != "sendMessage" ? null : _troubles.Take(call.Chat, call.Text) switch
        {
            Trouble.TooMany => FakeTelegram.Refusal(429, "Too Many Requests: retry after 1", 1),
            Trouble.Fault => FakeTelegram.Refusal(502, "Bad Gateway"),
            Trouble.Silence => (NoAnswer.Status, ""),
            _ => null,
        };
    }

    public string Channel => "telegram";

    public (string Friend, string Stranger) People => ("42", "7");

    public IReadOnlyList<Arrived> Texts => _troubles.Arrived;

    public IReadOnlyList<ArrivedFile> Files =>
        [.. _fake.Calls.Where(call => call.Method == "sendDocument").Select(call => ArrivedFile.Of(call.Chat, call.Parameters.Text("document")))];

    public int TroublesLeft => _troubles.Left;

    public static async Task<IPlatform> StartAsync() => new TelegramPlatform(await FakeTelegram.StartAsync());

    public JsonObject Account(JsonObject settings)
    {
        settings["botToken"] = FakeTelegram.Token;
        settings["apiRoot"] = _fake.Root;
        return settings;
    }

    public string ChatWith(string person) => person;

    public Task SayAsync(GatewayProcess gateway, string person, string text, string id)
    {
        var first = true;
        var update = _said.AddOrUpdate(id, _ => _fake.Say(text, Number(person)), (_, said) => { first = false; return said; });
        if (!first)
        {
            _fake.TellAgain(update);
        }

        return Task.CompletedTask;
    }

    public Task<string> SendFileAsync(GatewayProcess gateway, string person, string words, string name, string content, string id)
    {
        _fake.Files[$"documents/{id}"] = Encoding.UTF8.GetBytes(content);
        var message = new JsonObject { ["caption"] = words, ["document"] = new JsonObject { ["file_id"] = id, ["file_name"] = name } };
        _fake.Say(message, new JsonObject { ["id"] = Number(person), ["type"] = "private" }, Number(person));
        return Task.FromResult(words);
    }

    public Task WhenAsync(Func<bool> holds) => _troubles.WhenAsync(holds);

    public void Fail(params Trouble[] troubles) => _troubles.Add(troubles);

    public void Recover() => _troubles.Clear();

    public void Drop() => _fake.Cut();

    public ValueTask DisposeAsync() => _fake.DisposeAsync();

    private static long Number(string person) => long.Parse(person, CultureInfo.InvariantCulture);
}
