using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Cli;

/// <summary>A person lets devices in by the command line.</summary>
[Trait("Requirement", "O5")]
[Trait("Requirement", "A1")]
public sealed class DevicesCommandTests : IAsyncLifetime
{
    private static readonly string[] Read = ["operator.read"];

    private readonly TempFolder _home = new();
    private GatewayProcess _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await GatewayProcess.StartAsync(new GatewayStart(_home.Path));

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task A_device_that_waits_is_shown_with_the_command_that_lets_it_in()
    {
        var device = new TestDevice();
        var (refused, answer) = await device.ConnectAsync(_gateway, ("token", _gateway.Token), Read, null, ("Origin", "http://127.0.0.1:1"));
        await refused.DisposeAsync();
        var requestId = answer.Text("error/details/requestId")!;

        var listed = await RunAsync("devices", "list");
        var approved = await RunAsync("devices", "approve", requestId);
        var (client, hello) = await device.ConnectAsync(_gateway, ("token", _gateway.Token), Read, null, ("Origin", "http://127.0.0.1:1"));
        await using var _ = client;
        var after = await RunAsync("devices", "list", "--json");
        var removed = await RunAsync("devices", "remove", device.Id);

        Assert.Contains($"chela devices approve {requestId}", listed.Output, StringComparison.Ordinal);
        Assert.Equal(0, approved.ExitCode);
        Assert.Equal("hello-ok", hello.Text("payload/type"));
        Assert.Equal(device.Id, JsonElement.Parse(after.Output).Text("paired/0/deviceId"));
        Assert.Equal(0, removed.ExitCode);
        Assert.Equal(4001, (await client.ClosedAsync()).Code);
    }

    [Fact]
    public async Task Nobody_is_a_list_too_and_a_request_that_does_not_exist_is_an_error()
    {
        var listed = await RunAsync("devices", "list");
        var rejected = await RunAsync("devices", "reject", "no-such-request");

        Assert.Equal("No device was let in, and none waits.\n", listed.Output.ReplaceLineEndings("\n"));
        Assert.Equal(1, rejected.ExitCode);
        Assert.Contains("unknown requestId", rejected.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setup_code_of_the_command_line_lets_a_phone_in()
    {
        var made = await RunAsync("devices", "setup-code", "--access", "node");

        var code = made.Output.Trim();
        Assert.StartsWith("oc-pair://", code, StringComparison.Ordinal);
        Assert.Contains("--public-url", made.Error, StringComparison.Ordinal); // on loopback the address is of no use to a phone
        var payload = JsonElement.Parse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(code.AsSpan("oc-pair://".Length))));
        var (client, hello) = await new TestDevice { Client = TestClient.Phone }.ConnectAsync(_gateway, ("bootstrapToken", payload.Text("bootstrapToken")!), []);
        await using var _ = client;
        Assert.Equal("hello-ok", hello.Text("payload/type"));
    }

    private Task<Result> RunAsync(params string[] arguments) =>
        ChelaProcess.RunAsync([.. arguments, "--url", _gateway.Url, "--token", _gateway.Token]);
}
