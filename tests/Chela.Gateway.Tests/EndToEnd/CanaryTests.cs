using System.Text;
using System.Text.Json;
using Chela.Gateway.Config.Secrets;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>A secret in every place where one can stand is never seen anywhere else.</summary>
[Trait("Requirement", "A8")]
public sealed class CanaryTests : IAsyncDisposable
{
    private const string Token = "canary-token-0123456789";

    /// <summary>What ends the gateway, makes other secrets or never answers.</summary>
    private static readonly string[] NotCalled = ["restart", "shutdown", "rotate", "stop", "suspend", "wait", "update"];

    private readonly TempFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly List<(string From, string Text)> _heard = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string State => Path.Combine(_folder.Path, "state");

    private string ConfigFile => Path.Combine(State, "chela.json");

    [Fact]
    public async Task A_secret_is_seen_in_no_answer_no_log_no_file_and_no_refusal()
    {
        var text = await WriteAsync();
        await using (var gateway = await GatewayProcess.StartAsync(Start()))
        {
            await using var client = await gateway.OpenOpenClawAsync(Token);
            await CallEverythingAsync(client);
            await AskAsync(gateway, "", "/healthz", "/readyz", "/metrics", "/nowhere");
            await client.CallAsync("chat.send", OpenClawWire.ChatParams("main", "run", "hello"));
            await File.WriteAllTextAsync(ConfigFile, Broken(text), Ct);
            Hear("config.get", await client.CallAsync("config.get"));
            using var patience = Patience.Begin();
            await gateway.Output.LineAsync(line => line.Contains("Config reload skipped", StringComparison.Ordinal), patience.Token);
            Hear("config.status", await client.CallAsync("config.status"));
            Hear("config.patch", await client.CallAsync("config.patch", new() { ["raw"] = """{"session":{"mainKey":"x"}}""" }));
            Hear("logs.tail", await client.CallAsync("logs.tail"));
            _heard.Add(("output", gateway.Output.Text + gateway.Errors.Text));
        }

        var (_, output, errors) = await GatewayProcess.RefusedAsync(Start());
        _heard.Add(("refusal", output + errors));
        await ReadFilesAsync();

        Assert.Contains(_heard, heard => heard.From == "config.get" && heard.Text.Contains("__OPENCLAW_REDACTED__", StringComparison.Ordinal));
        Assert.Contains("gateway.port", errors, StringComparison.Ordinal);
        Assert.Empty(_heard.Where(heard => heard.Text.Contains("canary-", StringComparison.Ordinal)).Select(heard => $"{heard.From}: {heard.Text}"));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Task.CompletedTask;
        _folder.Dispose();
    }

    private GatewayStart Start() => new(_folder.Path) { Environment = [("THE_TOKEN", Token), ("ARG_TOKEN", "canary-argument-0123456789")] };

    private static string Broken(string text) =>
        text.Replace("\"mode\": \"token\"", "\"mode\": \"misplaced-mode\"", StringComparison.Ordinal)
            .Replace("\"port\": 0", "\"port\": \"misplaced-port\"", StringComparison.Ordinal);

    private async Task CallEverythingAsync(WireClient client)
    {
        var schema = await client.CallAsync("rpc.schema");
        Hear("rpc.schema", schema);
        foreach (var method in schema.List("payload/methods").Select(method => method.Text("name")!).Where(name => !NotCalled.Any(name.Contains)))
        {
            Hear(method, await client.CallAsync(method));
        }
    }

    private async Task AskAsync(GatewayProcess gateway, params string[] paths)
    {
        foreach (var path in paths)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.HttpUrl, path));
            request.Headers.Authorization = new("Bearer", "canary-metrics-0123456789");
            using var answer = await _http.SendAsync(request, Ct);
            _heard.Add((path, answer.Headers + await answer.Content.ReadAsStringAsync(Ct)));
        }
    }

    private void Hear(string from, JsonElement answer) => _heard.Add((from, answer.GetRawText()));

    /// <summary>All files of the state but those that are the secrets' places.</summary>
    private async Task ReadFilesAsync()
    {
        foreach (var file in Directory.GetFiles(State, "*", SearchOption.AllDirectories).Where(file => !Path.GetFileName(file).StartsWith("chela.json", StringComparison.Ordinal)))
        {
            _heard.Add((file, Encoding.UTF8.GetString(await File.ReadAllBytesAsync(file, Ct))));
        }
    }

    private async Task<string> WriteAsync()
    {
        Directory.CreateDirectory(State);
        var keys = SecretKeys.Make();
        await File.WriteAllBytesAsync(Path.Combine(State, "secret.key"), keys.Bytes, Ct);
        var file = _folder.File("secret-file");
        await File.WriteAllTextAsync(file, "canary-file-0123456789", Ct);
        var text = $$"""
            {
              "gateway": {
                "port": 0,
                "auth": { "mode": "token", "token": "${THE_TOKEN}", "password": "canary-password-0123456789" },
                "tls": { "password": "canary-tls-0123456789" }
              },
              "models": { "providers": {
                "echo2": { "api": "openai-completions", "baseUrl": "http://127.0.0.1:1", "apiKey": "{{keys.Seal("canary-encrypted-0123456789")}}",
                  "headers": { "X-Key": "canary-header-0123456789" }, "models": [{ "id": "m" }] } } },
              "channels": { "webhook": {
                "desk": { "secret": { "source": "file", "id": "{{file}}" } },
                "shop": { "secret": { "source": "exec", "id": "/bin/sh", "args": ["-c", "echo can''ary-program-0123456789"] } } } },
              "mcp": { "servers": {
                "web": { "url": "http://127.0.0.1:1/mcp", "headers": { "Authorization": "Bearer canary-bearer-0123456789" } },
                "run": { "command": "/bin/false", "args": ["${ARG_TOKEN}"], "env": { "API_KEY": "canary-variable-0123456789" } } } },
              "diagnostics": {
                "prometheus": { "token": "canary-metrics-0123456789" },
                "otel": { "headers": { "Authorization": "canary-otel-0123456789" } }
              }
            }
            """;
        await File.WriteAllTextAsync(ConfigFile, text, Ct);
        return text;
    }
}
