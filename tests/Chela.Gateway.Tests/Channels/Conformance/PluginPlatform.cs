using System.Text;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Channels.Plugin;
using Chela.Gateway.Tests.Plugins;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Conformance;

/// <summary>The sample plugin, with the chat server that it connects to.</summary>
internal sealed class PluginPlatform : IConnectedPlatform
{
    private readonly ChatServer _server = new();

    public string Channel => "plugin";

    public (string Friend, string Stranger) People => ("anna", "bert");

    public IReadOnlyList<Arrived> Texts => [.. _server.Texts.Select(text => new Arrived(text.Person, text.Text))];

    public IReadOnlyList<ArrivedFile> Files => [.. _server.Files.Select(file => new ArrivedFile(file.Person, file.Name, file.Content))];

    public int TroublesLeft => _server.TroublesLeft;

    public static Task<IPlatform> StartAsync() => Task.FromResult<IPlatform>(new PluginPlatform());

    public void Install(string stateDirectory) => InstalledPlugin.Hello(Path.Combine(stateDirectory, "plugins"));

    public JsonObject Account(JsonObject settings) => _server.Account(settings.ToJsonString());

    public string ChatWith(string person) => person;

    public Task SayAsync(GatewayProcess gateway, string person, string text, string id) => _server.TellAsync(person, text, id);

    public async Task<string> SendFileAsync(GatewayProcess gateway, string person, string words, string name, string content, string id)
    {
        await _server.TellAsync(person, $"{words}\t{name}\t{Convert.ToBase64String(Encoding.UTF8.GetBytes(content))}", id);
        return words;
    }

    public Task WhenAsync(Func<bool> holds) => Patience.UntilAsync(_ => Task.FromResult(holds()), "its texts are as they should be");

    public void Fail(params Trouble[] troubles) => _server.Fail(troubles.Select(trouble => trouble == Trouble.Silence ? "" : "later"));

    public void Recover() => _server.Recover();

    public void Drop() => _server.HangUp();

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
