using System.Text;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Channels.Sidecar;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Conformance;

/// <summary>A program that is a channel. Its end is the end of the connection.</summary>
internal sealed class SidecarPlatform : IConnectedPlatform
{
    private readonly TempFolder _folder = new();
    private readonly TrialSidecar _sidecar;

    private SidecarPlatform()
    {
        _sidecar = new TrialSidecar(Path.Combine(_folder.Path, "sidecar"));
        _sidecar.Connect();
    }

    public string Channel => "sidecar";

    public (string Friend, string Stranger) People => ("anna", "bert");

    public IReadOnlyList<Arrived> Texts => [.. _sidecar.Taken.Select(text => new Arrived(text.Text("to/chat")!, text.Text("text")!))];

    public IReadOnlyList<ArrivedFile> Files =>
    [
        .. _sidecar.Calls("sendFile").Select(file =>
            new ArrivedFile(file.Text("to/chat"), file.Text("name"), Encoding.UTF8.GetString(file.GetProperty("content").GetBytesFromBase64()))),
    ];

    public int TroublesLeft => _sidecar.FailuresLeft;

    public static Task<IPlatform> StartAsync() => Task.FromResult<IPlatform>(new SidecarPlatform());

    public JsonObject Account(JsonObject settings) => _sidecar.Account("""{ "initialize": { "result": { "maxFileBytes": 1000 } } }""", settings.ToJsonString());

    public string ChatWith(string person) => person;

    public Task SayAsync(GatewayProcess gateway, string person, string text, string id)
    {
        _sidecar.Bring(text, id, new JsonObject { ["chat"] = person, ["sender"] = person }.ToJsonString());
        return Task.CompletedTask;
    }

    public Task<string> SendFileAsync(GatewayProcess gateway, string person, string words, string name, string content, string id)
    {
        var file = new JsonObject { ["name"] = name, ["mimeType"] = "text/plain", ["content"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(content)) };
        _sidecar.Bring(words, id, new JsonObject { ["chat"] = person, ["sender"] = person, ["files"] = new JsonArray(file) }.ToJsonString());
        return Task.FromResult(words);
    }

    public Task WhenAsync(Func<bool> holds) => _sidecar.WhenAsync(_ => holds(), "its texts are as they should be");

    public void Fail(params Trouble[] troubles) => _sidecar.Fail([.. troubles.Select(trouble => trouble switch
    {
        Trouble.TooMany => """{"code":-32001,"message":"too many","data":{"retryAfterMs":1000}}""",
        Trouble.Fault => """{"code":-32001,"message":"it failed"}""",
        _ => "\"none\"",
    })]);

    public void Recover() => _sidecar.Fail();

    public void Drop() => _sidecar.Kill();

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
