using Chela.Gateway.Access.Devices;
using Chela.Gateway.Tests.Rpc;

namespace Chela.Gateway.Tests.Access;

/// <summary>A setup code lets one device in, once, for a while, and only to what it was made for.</summary>
[Trait("Requirement", "A1")]
[Trait("Requirement", "A2")]
public sealed class SetupCodeTests : GatewayPartsTest
{
    private SetupCodes Codes => Parts.Get<SetupCodes>();

    [Fact]
    public async Task A_code_gives_the_device_a_token_for_each_role_and_is_used_up()
    {
        var issued = await Codes.IssueAsync(SetupProfile.Find("limited")!, Ct);

        var first = await Codes.RedeemAsync(issued.Token, Request("a", "node"), Ct);
        var second = await Codes.RedeemAsync(issued.Token, Request("b", "node"), Ct);
        var same = await Codes.RedeemAsync(issued.Token, Request("a", "node"), Ct);

        Assert.Equal(["node", "operator"], first!.Device.Tokens.Select(token => token.Role));
        Assert.Empty(first.Device.TokenFor("node")!.Scopes);
        Assert.DoesNotContain("operator.admin", first.Device.TokenFor("operator")!.Scopes);
        Assert.Null(second);
        Assert.Null(same);
    }

    /// <summary>CVE-2026-41386.</summary>
    [Theory]
    [InlineData("node", "operator", "operator.read")]
    [InlineData("limited", "operator", "operator.admin")]
    [InlineData("limited", "operator", "operator.pairing")]
    [InlineData("voice-node", "operator", "operator.write")]
    [InlineData("control-ui-owner", "node", null)]
    public async Task A_setup_code_is_bound_to_its_role_and_scopes_and_a_wrong_try_does_not_use_it_up(string profile, string role, string? scope)
    {
        var issued = await Codes.IssueAsync(SetupProfile.Find(profile)!, Ct);
        var right = SetupProfile.Find(profile)!.Roles[0];

        var wrong = await Codes.RedeemAsync(issued.Token, Request("a", role, scope is null ? [] : [scope]), Ct);

        Assert.Null(wrong);
        Assert.Empty(Parts.Get<DeviceTable>().All);
        Assert.NotNull(await Codes.RedeemAsync(issued.Token, Request("a", right), Ct));
    }

    [Fact]
    public async Task A_code_ends_after_ten_minutes()
    {
        var issued = await Codes.IssueAsync(SetupProfile.Find("node")!, Ct);

        Clock.Advance(SetupCodes.Lifetime - TimeSpan.FromMilliseconds(1));
        Assert.True(Codes.Opens(issued.Token, Request("a", "node")));
        Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(Codes.Opens(issued.Token, Request("a", "node")));
        Assert.Null(await Codes.RedeemAsync(issued.Token, Request("a", "node"), Ct));
    }

    [Fact]
    public async Task A_restart_neither_loses_a_valid_code_nor_revives_a_used_one()
    {
        var used = await Codes.IssueAsync(SetupProfile.Find("node")!, Ct);
        var open = await Codes.IssueAsync(SetupProfile.Find("node")!, Ct);
        await Codes.RedeemAsync(used.Token, Request("a", "node"), Ct);

        await RestartAsync();

        Assert.Null(await Codes.RedeemAsync(used.Token, Request("b", "node"), Ct));
        Assert.NotNull(await Codes.RedeemAsync(open.Token, Request("b", "node"), Ct));
        Assert.Equal(["a", "b"], Parts.Get<DeviceTable>().All.Select(device => device.DeviceId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Who_used_a_code_is_known_for_twenty_minutes_also_after_a_restart()
    {
        var issued = await Codes.IssueAsync(SetupProfile.Find("full")!, Ct);
        Assert.Null(SetupCompletion.Of(Codes.Find(issued.Setup.SetupId)!));
        await Codes.RedeemAsync(issued.Token, Request("a", "node") with { DisplayName = "Phone" }, Ct);
        await RestartAsync();

        Clock.Advance(SetupCodes.UseLifetime - TimeSpan.FromMilliseconds(1));
        var completion = SetupCompletion.Of(Codes.Find(issued.Setup.SetupId)!);
        Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(("a", "Phone", "full"), (completion?.DeviceId, completion?.DeviceName, completion?.Access));
        Assert.Null(Codes.Find(issued.Setup.SetupId));
    }

    [Fact]
    public async Task Of_many_devices_that_use_one_code_at_once_exactly_one_gets_in()
    {
        var issued = await Codes.IssueAsync(SetupProfile.Find("full")!, Ct);

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(number =>
            Task.Run(() => Codes.RedeemAsync(issued.Token, Request($"device-{number}", "node"), Ct), Ct)));

        var winner = Assert.Single(results, result => result is not null);
        Assert.Equal(winner!.Device.DeviceId, Assert.Single(Parts.Get<DeviceTable>().All).DeviceId);
    }

    [Fact]
    public async Task The_file_does_not_hold_the_code()
    {
        var issued = await Codes.IssueAsync(SetupProfile.Find("full")!, Ct);

        var file = await File.ReadAllTextAsync(Path.Combine(Folder.Path, "devices.json"), Ct);

        Assert.Contains(issued.Setup.SetupId, file, StringComparison.Ordinal);
        Assert.DoesNotContain(issued.Token, file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Codes_that_nobody_uses_do_not_pile_up()
    {
        var first = await Codes.IssueAsync(SetupProfile.Find("node")!, Ct);
        for (var number = 0; number < SetupCodes.MaxKept; number++)
        {
            await Codes.IssueAsync(SetupProfile.Find("node")!, Ct);
        }

        Assert.Equal(SetupCodes.MaxKept, Parts.Get<DeviceTable>().Book.Setups.Length);
        Assert.Null(Codes.Find(first.Setup.SetupId));
    }

    private static PairingRequest Request(string device, string role, params string[] scopes) => new("r", device, "key-of-" + device, role, scopes, 0);
}
