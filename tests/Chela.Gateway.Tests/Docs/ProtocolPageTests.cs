using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Hosting;
using Chela.Gateway.Tests.Architecture;
using Chela.Gateway.Tests.Support;
using Chela.Gateway.Wire;
using Chela.Gateway.Wire.JsonRpc;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Tests.Docs;

/// <summary>The pages about the protocols say what the gateway says.</summary>
public sealed class ProtocolPageTests
{
    private static readonly SourceFile OpenClawPage = Pages.Read("docs/protocol/openclaw.md");
    private static readonly SourceFile JsonRpcPage = Pages.Read("docs/protocol/json-rpc.md");

    [Fact]
    public async Task The_tables_of_methods_are_the_registry_of_a_running_gateway()
    {
        var methods = await AskForMethodsAsync();

        Assert.Equal(Rows(methods, dialect: null), Pages.Table(OpenClawPage, "Methods").Select(row => (row[0], row[1])));
        Assert.Equal(Rows(methods, nameof(Dialect.JsonRpc)), Pages.Table(JsonRpcPage, "Methods").Select(row => (row[0], row[1])));
    }

    [Fact]
    public void The_tables_of_errors_are_what_the_dialects_write()
    {
        var kinds = Enum.GetValues<RpcErrorKind>();

        Assert.Equal(
            kinds.ToDictionary(kind => Words(kind), kind => CodeOf(new JsonRpcDialect(), kind).ToString()),
            Pages.Table(JsonRpcPage, "Errors").ToDictionary(row => row[1], row => row[0]));
        Assert.Equal(
            kinds.Where(kind => kind != RpcErrorKind.Parse).Select(kind => CodeOf(new OpenClawDialect(), kind).GetString()!).Distinct().Order(StringComparer.Ordinal),
            Pages.Table(OpenClawPage, "Errors").Select(row => row[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_tables_of_close_codes_hold_every_code_that_the_dialects_use()
    {
        Assert.Superset(CloseCodes(new JsonRpcDialect()), Pages.Table(JsonRpcPage, "Close codes").Select(row => row[0]).ToHashSet());
        Assert.Superset(CloseCodes(new OpenClawDialect()), Pages.Table(OpenClawPage, "Close codes").Select(row => row[0]).ToHashSet());
    }

    [Fact]
    public void Every_frame_on_the_pages_is_JSON()
    {
        string[] frames =
        [
            .. new[] { OpenClawPage, JsonRpcPage }
                .SelectMany(page => Pages.Listings(page, "text"))
                .SelectMany(listing => listing.Split('\n'))
                .Where(line => line is ['→' or '←', ' ', '{' or '[', ..])
                .Select(line => line[2..]),
        ];

        Assert.NotEmpty(frames);
        Assert.All(frames, frame => JsonDocument.Parse(frame).Dispose());
    }

    private static async Task<IReadOnlyList<ListedMethod>> AskForMethodsAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        var options = new GatewayOptions(new StatePaths(folder.File("state"))) { Settings = [("--port", "gateway.port", "0")] };
        await using var host = await GatewayHost.StartAsync(options, ct);
        using var client = new HttpClient();
        using var call = new HttpRequestMessage(HttpMethod.Post, new UriBuilder(host.Started.Url) { Scheme = "http", Path = "/rpc" }.Uri)
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(host.Started.TokenFile!, ct)).Trim()) },
            Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"rpc.schema"}""", Encoding.UTF8, "application/json"),
        };
        using var answer = await client.SendAsync(call, ct);
        using var json = await answer.Content.ReadFromJsonAsync<JsonDocument>(ct);
        await host.StopAsync(ct);
        return [.. json!.RootElement.GetProperty("result").GetProperty("methods").EnumerateArray().Select(ListedMethod.Read)];
    }

    private static IEnumerable<(string Name, string Scope)> Rows(IEnumerable<ListedMethod> methods, string? dialect) =>
        methods.Where(method => method.Dialect == dialect).Select(method => (method.Name, method.Scope));

    private static JsonElement CodeOf(IWireDialect dialect, RpcErrorKind kind)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            dialect.WriteOutcome(writer, "1"u8, new RpcError(kind, ""));
        }

        using var written = JsonDocument.Parse(buffer.ToArray());
        return written.RootElement.GetProperty("error").GetProperty("code").Clone();
    }

    private static HashSet<string> CloseCodes(IWireDialect dialect) =>
        [.. Enum.GetValues<CloseCause>().Select(cause => dialect.CloseFor(cause).Code.ToString(System.Globalization.CultureInfo.InvariantCulture))];

    private static string Words(RpcErrorKind kind) =>
        string.Concat(kind.ToString().Select((letter, at) => char.IsUpper(letter) && at > 0 ? $" {char.ToLowerInvariant(letter)}" : char.ToLowerInvariant(letter).ToString()));

    private sealed record ListedMethod(string Name, string? Dialect, string Scope)
    {
        private const string Prefix = "operator.";

        public static ListedMethod Read(JsonElement json) => new(
            json.GetProperty("name").GetString()!,
            json.TryGetProperty("dialect", out var dialect) ? dialect.GetString() : null,
            json.GetProperty("public").GetBoolean() || json.GetProperty("scopes").GetArrayLength() == 0 ? "none" : json.GetProperty("scopes")[0].GetString()![Prefix.Length..]);
    }
}
