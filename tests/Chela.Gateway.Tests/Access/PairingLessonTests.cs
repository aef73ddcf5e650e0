using System.Text.Json.Nodes;
using Chela.Gateway.Tests.EndToEnd;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Access;

/// <summary>What went wrong with pairing elsewhere, each once.</summary>
[Trait("Requirement", "A1")]
[Trait("Requirement", "A2")]
public sealed class PairingLessonTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private static readonly string[] Read = ["operator.read"];
    private static readonly (string, string) FromAPage = ("Origin", "http://127.0.0.1:1");

    private readonly GatewayProcess _gateway = fixture.Gateway;

    private (string, string) Secret => ("token", _gateway.Token);

    /// <summary>CVE-2026-35625: the secret may widen what a local program has, its own token may not.</summary>
    [Fact]
    public async Task A_silent_local_reconnect_with_the_devices_own_token_cannot_upgrade_its_scopes()
    {
        var device = new TestDevice();
        var (first, hello) = await device.ConnectAsync(_gateway, Secret, Read);
        await using var _ = first;
        var own = hello.Text("payload/auth/deviceToken")!;

        var (wider, refused) = await device.ConnectAsync(_gateway, ("deviceToken", own), ["operator.read", "operator.write"]);
        await using var __ = wider;
        var (asToken, alsoRefused) = await device.ConnectAsync(_gateway, ("token", own), ["operator.admin"]);
        await using var ___ = asToken;

        Assert.Equal("AUTH_SCOPE_MISMATCH", refused.Text("error/details/code"));
        Assert.Equal("AUTH_SCOPE_MISMATCH", alsoRefused.Text("error/details/code"));
    }

    /// <summary>ClawJacked.</summary>
    [Fact]
    public async Task A_page_from_loopback_is_never_paired_silently_not_even_for_more_scopes_of_a_known_device()
    {
        var device = new TestDevice();
        var (first, _) = await device.ConnectAsync(_gateway, Secret, Read);
        await using var __ = first;

        var (unknown, waiting) = await new TestDevice().ConnectAsync(_gateway, Secret, Read, null, FromAPage);
        await using var ___ = unknown;
        var (known, upgrade) = await device.ConnectAsync(_gateway, Secret, ["operator.admin"], null, FromAPage);
        await using var ____ = known;

        Assert.Equal("not-paired", waiting.Text("error/details/reason"));
        Assert.Equal("scope-upgrade", upgrade.Text("error/details/reason"));
        Assert.Equal(Read, upgrade.List("error/details/approvedScopes").Select(scope => scope.GetString()));
        Assert.Equal(["operator"], upgrade.List("error/details/approvedRoles").Select(role => role.GetString()));
    }

    [Fact]
    public async Task A_known_device_that_comes_in_another_role_waits_for_that_role()
    {
        var device = new TestDevice();
        var (first, _) = await device.ConnectAsync(_gateway, Secret, Read);
        await using var __ = first;

        device.Client = TestClient.NodeHost;
        var (node, answer) = await device.ConnectAsync(_gateway, Secret, [], null, FromAPage);
        await using var ___ = node;

        Assert.Equal(("role-upgrade", "node"), (answer.Text("error/details/reason"), answer.Text("error/details/requestedRole")));
        Assert.Equal(["operator"], answer.List("error/details/approvedRoles").Select(role => role.GetString()));
    }

    [Fact]
    public async Task A_device_with_a_token_of_its_own_and_a_wrong_secret_is_told_to_try_the_token()
    {
        var device = new TestDevice();
        var (first, _) = await device.ConnectAsync(_gateway, Secret, Read);
        await using var __ = first;

        var (client, answer) = await device.ConnectAsync(_gateway, ("token", "a-secret-that-is-wrong"), Read);
        await using var ___ = client;
        var (stranger, refused) = await new TestDevice().ConnectAsync(_gateway, ("token", "a-secret-that-is-wrong"), Read);
        await using var ____ = stranger;

        Assert.Equal("AUTH_TOKEN_MISMATCH", answer.Text("error/details/code"));
        Assert.Equal(
            ("true", "retry_with_device_token"), (answer.Text("error/details/canRetryWithDeviceToken"), answer.Text("error/details/recommendedNextStep")));
        Assert.Equal(
            ("false", "update_auth_credentials"), (refused.Text("error/details/canRetryWithDeviceToken"), refused.Text("error/details/recommendedNextStep")));
    }

    /// <summary>CVE-2026-28472: a token is no identity.</summary>
    [Fact]
    public async Task A_valid_token_does_not_replace_the_proof_of_the_device()
    {
        var device = new TestDevice();
        var (first, hello) = await device.ConnectAsync(_gateway, Secret, Read);
        await using var _ = first;

        var (client, answer) = await device.ConnectAsync(
            _gateway, ("deviceToken", hello.Text("payload/auth/deviceToken")!), Read, connect => connect["device"]!["signature"] = new string('A', 86));
        await using var __ = client;

        Assert.Equal("DEVICE_AUTH_SIGNATURE_INVALID", answer.Text("error/details/code"));
    }

    /// <summary>CVE-2026-32922.</summary>
    [Fact]
    public async Task A_devices_own_rotation_cannot_widen_its_scopes()
    {
        var device = new TestDevice();
        var (client, _) = await device.ConnectAsync(_gateway, Secret, ["operator.pairing"]);
        await using var __ = client;

        var answer = await client.CallAsync(
            "device.token.rotate", new JsonObject { ["deviceId"] = device.Id, ["role"] = "operator", ["scopes"] = new JsonArray("operator.pairing", "operator.admin") });

        Assert.Equal("FORBIDDEN", answer.Text("error/code"));
    }

    /// <summary>GHSA-xrq9: who is not the owner acts on his own device only.</summary>
    [Theory]
    [InlineData("device.pair.remove")]
    [InlineData("device.pair.rename")]
    [InlineData("device.token.rotate")]
    [InlineData("device.token.revoke")]
    [InlineData("node.pair.remove")]
    [InlineData("node.rename")]
    public async Task Who_is_not_the_owner_cannot_act_on_the_pairings_of_others(string method)
    {
        var victim = new TestDevice { Client = method.StartsWith("node", StringComparison.Ordinal) ? TestClient.NodeHost : new TestClient() };
        var (target, _) = await victim.ConnectAsync(_gateway, Secret, []);
        await using var __ = target;
        var (pairer, _) = await new TestDevice().ConnectAsync(_gateway, Secret, ["operator.pairing", "operator.write"]);
        await using var ___ = pairer;
        JsonObject parameters = method switch
        {
            "node.pair.remove" => new() { ["nodeId"] = victim.Id },
            "node.rename" => new() { ["nodeId"] = victim.Id, ["displayName"] = "mine" },
            "device.pair.remove" => new() { ["deviceId"] = victim.Id },
            "device.pair.rename" => new() { ["deviceId"] = victim.Id, ["label"] = "mine" },
            _ => new() { ["deviceId"] = victim.Id, ["role"] = "operator" },
        };

        var answer = await pairer.CallAsync(method, parameters);
        var list = await pairer.CallAsync("device.pair.list");

        Assert.Equal(("FORBIDDEN", "operator.admin"), (answer.Text("error/code"), answer.Text("error/details/missingScope")));
        Assert.DoesNotContain(victim.Id, list.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_local_devices_are_not_admitted_by_themselves_they_wait_like_all_others()
    {
        using var home = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(home.Path)
        {
            Environment = [("CHELA_GATEWAY__NODES__PAIRING__AUTOAPPROVELOCAL", "false")],
        });

        var (client, answer) = await new TestDevice().ConnectAsync(gateway, ("token", gateway.Token), Read);
        await using var _ = client;

        Assert.Equal("PAIRING_REQUIRED", answer.Text("error/details/code"));
        Assert.Contains("chela devices approve", answer.Text("error/details/remediationHint"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_platform_is_another_machine_and_a_newer_version_of_it_is_not()
    {
        var device = new TestDevice { Client = new TestClient { Platform = "macOS 15.3" } };
        var (first, hello) = await device.ConnectAsync(_gateway, Secret, Read);
        await using var _ = first;
        var own = ("deviceToken", hello.Text("payload/auth/deviceToken")!);

        device.Client = new TestClient { Platform = "darwin" };
        var (updated, same) = await device.ConnectAsync(_gateway, own, Read);
        await using var __ = updated;
        device.Client = new TestClient { Platform = "win32" };
        var (moved, other) = await device.ConnectAsync(_gateway, own, Read);
        await using var ___ = moved;

        Assert.Equal("hello-ok", same.Text("payload/type"));
        Assert.Equal("metadata-upgrade", other.Text("error/details/reason"));
    }

    [Fact]
    public async Task A_connected_device_gets_more_scopes_when_an_operator_approves_and_not_before()
    {
        var device = new TestDevice();
        var (client, _) = await device.ConnectAsync(_gateway, Secret, Read);
        await using var __ = client;
        await using var admin = await _gateway.OpenOpenClawAsync();

        var registered = await client.CallAsync("device.scopes.requestUpgrade", new JsonObject { ["scopes"] = new JsonArray("operator.write") });
        var requestId = registered.Text("payload/requestId");
        var requested = await admin.ReceiveAsync(frame => frame.Text("event") == "device.pair.requested");
        var waiting = client.CallAsync("device.scopes.waitUpgrade", new JsonObject { ["requestId"] = requestId });
        await admin.CallAsync("device.pair.approve", new JsonObject { ["requestId"] = requestId });
        var outcome = await waiting;
        var (again, hello) = await device.ConnectAsync(_gateway, ("deviceToken", outcome.Text("payload/deviceToken")!), ["operator.read", "operator.write"]);
        await using var ___ = again;

        Assert.Equal(requestId, requested.Text("payload/requestId"));
        Assert.Equal("approved", outcome.Text("payload/status"));
        Assert.Equal(["operator.read", "operator.write"], hello.List("payload/auth/scopes").Select(scope => scope.GetString()));
    }

    [Fact]
    public async Task A_request_for_more_scopes_that_is_refused_or_of_another_device_gives_nothing()
    {
        var (client, _) = await new TestDevice().ConnectAsync(_gateway, Secret, Read);
        await using var __ = client;
        var (other, _) = await new TestDevice().ConnectAsync(_gateway, Secret, Read);
        await using var ___ = other;
        await using var admin = await _gateway.OpenOpenClawAsync();

        var registered = await client.CallAsync("device.scopes.requestUpgrade", new JsonObject { ["scopes"] = new JsonArray("operator.admin") });
        var asked = new JsonObject { ["requestId"] = registered.Text("payload/requestId") };
        var stranger = await other.CallAsync("device.scopes.waitUpgrade", (JsonObject)asked.DeepClone());
        var waiting = client.CallAsync("device.scopes.waitUpgrade", (JsonObject)asked.DeepClone());
        await admin.CallAsync("device.pair.reject", (JsonObject)asked.DeepClone());
        var outcome = await waiting;
        var without = await admin.CallAsync("device.scopes.requestUpgrade", new JsonObject { ["scopes"] = new JsonArray("operator.read") });

        Assert.Equal("expired", stranger.Text("payload/status"));
        Assert.Equal("rejected", outcome.Text("payload/status"));
        Assert.Null(outcome.Text("payload/deviceToken"));
        Assert.Equal("INVALID_REQUEST", without.Text("error/code"));
    }
}
