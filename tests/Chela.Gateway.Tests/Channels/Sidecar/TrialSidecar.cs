using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Chela.Gateway.Tests.Architecture;
using Chela.Gateway.Tests.Interop;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Sidecar;

/// <summary>A sidecar of a test, which says what the test has it say, and writes down what it hears.</summary>
/// <param name="folder">A folder of its own.</param>
internal sealed class TrialSidecar(string folder)
{
    private int _lastId;

    /// <summary>What the gateway said, in order.</summary>
    public IReadOnlyList<JsonElement> Heard => Lines("heard");

    /// <summary>The texts that it took, in order.</summary>
    public IReadOnlyList<JsonElement> Taken => [.. Lines("taken").Select(line => line.GetProperty("params"))];

    /// <summary>The account that runs it.</summary>
    /// <param name="answers">What it answers to methods besides <c>{}</c>.</param>
    /// <param name="account">What the account holds besides.</param>
    public JsonObject Account(string answers = "{}", string account = """{ "allowFrom": ["anna"] }""")
    {
        Directory.CreateDirectory(folder);
        var settings = JsonNode.Parse(account)!.AsObject();
        settings["command"] = ProgramOnPath.Require("node");
        settings["args"] = new JsonArray(Path.Combine(Repository.Root, "tests/Chela.Gateway.Tests/Channels/Sidecar/trial-sidecar.mjs"));
        settings["env"] = new JsonObject { ["FOLDER"] = folder, ["ANSWERS"] = answers };
        return settings;
    }

    /// <summary>Has it print a line as it is.</summary>
    public void Print(string line)
    {
        Directory.CreateDirectory(folder);
        File.AppendAllText(Path.Combine(folder, "say"), line + "\n");
    }

    /// <summary>How many of the next texts it refuses.</summary>
    public int FailuresLeft => File.Exists(Path.Combine(folder, "fail")) ? File.ReadLines(Path.Combine(folder, "fail")).Count(line => line.Length > 0) : 0;

    /// <summary>Ends its process, without a word.</summary>
    public void Kill()
    {
        using var process = Process.GetProcessById(int.Parse(File.ReadAllText(Path.Combine(folder, "pid")), provider: null));
        process.Kill();
    }

    /// <summary>Has it refuse the next texts, one by each error; <c>"none"</c> leaves one without an answer.</summary>
    public void Fail(params IReadOnlyList<string> errors)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "fail"), string.Join('\n', errors));
    }

    /// <summary>Has it tell that its platform has let it in.</summary>
    public void Connect() => Print("""{"jsonrpc":"2.0","method":"connected"}""");

    /// <summary>Has it bring a message; gives the id of the call.</summary>
    public string Bring(string text, string? id = null, string more = "{}")
    {
        var call = $"m{++_lastId}";
        var message = JsonNode.Parse(more)!.AsObject();
        message["id"] = id ?? call;
        message["chat"] ??= "anna";
        message["sender"] ??= "anna";
        message["text"] = text;
        Print(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = call, ["method"] = "receive", ["params"] = message }.ToJsonString());
        return call;
    }

    /// <summary>What the calls of a method had as parameters.</summary>
    public IReadOnlyList<JsonElement> Calls(string method) =>
        [.. Heard.Where(line => line.Text("method") == method).Select(line => line.GetProperty("params"))];

    /// <summary>Waits until what it wrote down fulfils a condition.</summary>
    public async Task WhenAsync(Func<TrialSidecar, bool> holds, string what)
    {
        using var patience = Patience.Begin();
        using var watcher = new FileSystemWatcher(folder);
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        watcher.Created += (_, _) => changes.Writer.TryWrite(true);
        watcher.Changed += (_, _) => changes.Writer.TryWrite(true);
        watcher.EnableRaisingEvents = true;
        try
        {
            while (!holds(this))
            {
                await changes.Reader.ReadAsync(patience.Token);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"waited in vain until {what}");
        }
    }

    /// <summary>Waits for the answer to a call.</summary>
    public async Task<JsonElement> AnswerAsync(string call)
    {
        await WhenAsync(one => one.Heard.Any(line => line.Text("id") == call), $"{call} is answered");
        return Heard.First(line => line.Text("id") == call);
    }

    private IReadOnlyList<JsonElement> Lines(string name)
    {
        var file = Path.Combine(folder, name);
        if (!File.Exists(file))
        {
            return [];
        }

        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = reader.ReadToEnd();
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>A gateway that has these sidecars.</summary>
    public static GatewayStart StartIn(TempFolder folder, params (string Name, JsonObject Account)[] accounts)
    {
        var start = new GatewayStart(Path.Combine(folder.Path, "state"));
        Directory.CreateDirectory(start.StateDirectory!);
        var config = new JsonObject { ["channels"] = new JsonObject { ["sidecar"] = new JsonObject([.. accounts.Select(one => KeyValuePair.Create<string, JsonNode?>(one.Name, one.Account))]) } };
        File.WriteAllText(Path.Combine(start.StateDirectory!, "chela.json"), config.ToJsonString());
        return start;
    }
}
