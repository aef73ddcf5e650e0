using System.Text;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Channels.WhatsApp;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Conformance;

/// <summary>WhatsApp by the Cloud API. It posts what people write.</summary>
internal sealed class WhatsAppPlatform : IPlatform
{
    private readonly FakeWhatsApp _fake;
    private readonly Troubles _troubles = new();

    private WhatsAppPlatform(FakeWhatsApp fake)
    {
        _fake = fake;
        fake.Answer = message => message.Text("type") != "text" ? null : _troubles.Take(message.Text("to"), message.Text("text/body")) switch
        {
            Trouble.TooMany => (429, """{"error":{"message":"Rate limit hit","code":130429}}"""),
            Trouble.Fault => (500, """{"error":{"message":"Something went wrong","code":131000}}"""),
            Trouble.Silence => (NoAnswer.Status, ""),
            _ => null,
        };
    }

    public string Channel => "whatsapp";

    public (string Friend, string Stranger) People => ("15550001", "15559999");

    public IReadOnlyList<Arrived> Texts => _troubles.Arrived;

    public IReadOnlyList<ArrivedFile> Files =>
    [
        .. _fake.Sent.Where(sent => sent.Text("type") == "document").Zip(_fake.Sent.Where(sent => sent.Text("upload") is not null), (message, upload) =>
            ArrivedFile.Of(message.Text("to"), upload.Text("upload"))),
    ];

    public int TroublesLeft => _troubles.Left;

    public static async Task<IPlatform> StartAsync() => new WhatsAppPlatform(await FakeWhatsApp.StartAsync());

    public JsonObject Account(JsonObject settings) => _fake.Account(settings);

    public string ChatWith(string person) => person;

    public Task SayAsync(GatewayProcess gateway, string person, string text, string id) =>
        FakeWhatsApp.PostAsync(gateway, FakeWhatsApp.PostOf(FakeWhatsApp.TextOf(text, $"wamid.{id}", person)));

    public async Task<string> SendFileAsync(GatewayProcess gateway, string person, string words, string name, string content, string id)
    {
        _fake.Files[id] = Encoding.UTF8.GetBytes(content);
        var message = new JsonObject { ["from"] = person, ["id"] = $"wamid.{id}", ["timestamp"] = "1749416383", ["type"] = "document" };
        message["document"] = new JsonObject { ["id"] = id, ["filename"] = name, ["mime_type"] = "text/plain", ["caption"] = words };
        await FakeWhatsApp.PostAsync(gateway, FakeWhatsApp.PostOf(message));
        return words;
    }

    public Task WhenAsync(Func<bool> holds) => _troubles.WhenAsync(holds);

    public void Fail(params Trouble[] troubles) => _troubles.Add(troubles);

    public void Recover() => _troubles.Clear();

    public ValueTask DisposeAsync() => _fake.DisposeAsync();
}
