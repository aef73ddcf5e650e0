using Chela.Gateway.Access.Devices;

namespace Chela.Gateway.Tests.Access;

/// <summary>A device is who its key says, and nobody else. The vectors are signatures made by another implementation.</summary>
[Trait("Requirement", "A2")]
public sealed class DeviceProofTests
{
    private const string DeviceId = "24b79fd4105bded4e917e5967f2771c848fdc3be86945575ea00e3d32be8a671";
    private const string PublicKey = "_nnwujFnTl4ptpIy_wmPLHDVo5vyIq6LN3xdVG1soSo";
    private const string Nonce = "5c0f6f0e-6c1c-4b5b-9a62-0f1d2b7c9e11";
    private const string Version3 = "B132giLtM6DiyyzCb0xRWCIeAxfzlXXQHji15DbslUJ8dhxGIaY7sM5UCAQ_UMHqFB2ZpI8jpRFx3LKwS8QkCg";
    private const string Version2 = "f8VcsKu7HG_ytGLKcVyky3ktiDC_QICBRqlUp_2qNLXII4X7Mi7nerNDO_oQgQ2jKaoFCi1DdeJDVTrxPq_-Aw";
    private const string Node = "PJC1l-m6gGZ6cqhxelrvjX-EuOv-JW9kQq69zJS7-HX_gIIboJgPufqlO-ooUK4x0-vyWgbyJO_A3HNv9hG9Cw";
    private const long SignedAt = 1788000000123;

    private static readonly SignedConnect Connect = new(
        "openclaw-control-ui",
        "ui",
        "operator",
        ["operator.read", "operator.write", "operator.approvals"],
        "example-shared-token",
        "linux",
        null);

    [Theory]
    [InlineData(Version3)]
    [InlineData(Version2)]
    public void A_signature_of_either_form_is_accepted(string signature)
    {
        var failure = Check(Claim() with { Signature = signature });

        Assert.Null(failure);
    }

    [Fact]
    public void A_node_signs_without_scopes_and_with_its_platform_in_lower_case()
    {
        var connect = new SignedConnect("node-host", "node", "node", [], "example-device-token", " MacOS ", "Mac");

        var failure = DeviceProof.Check(Claim() with { Signature = Node }, connect, Nonce, SignedAt, isProtocol3: false, isOldAndLocal: false);

        Assert.Null(failure);
    }

    [Fact]
    public void The_key_may_come_as_PEM()
    {
        var pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA/nnwujFnTl4ptpIy/wmPLHDVo5vyIq6LN3xdVG1soSo=\n-----END PUBLIC KEY-----\n";

        Assert.Null(Check(Claim() with { PublicKey = pem }));
    }

    public static TheoryData<string, string, string> Failures => new()
    {
        { "key", "DEVICE_AUTH_DEVICE_ID_MISMATCH", "device-id-mismatch" },
        { "id", "DEVICE_AUTH_DEVICE_ID_MISMATCH", "device-id-mismatch" },
        { "early", "DEVICE_AUTH_SIGNATURE_EXPIRED", "device-signature-stale" },
        { "late", "DEVICE_AUTH_SIGNATURE_EXPIRED", "device-signature-stale" },
        { "far", "DEVICE_AUTH_SIGNATURE_EXPIRED", "device-signature-stale" },
        { "no nonce", "DEVICE_AUTH_NONCE_REQUIRED", "device-nonce-missing" },
        { "other nonce", "DEVICE_AUTH_NONCE_MISMATCH", "device-nonce-mismatch" },
        { "signature", "DEVICE_AUTH_SIGNATURE_INVALID", "device-signature" },
        { "no signature", "DEVICE_AUTH_SIGNATURE_INVALID", "device-signature" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void What_does_not_hold_is_named(string what, string code, string reason)
    {
        var claim = Claim();
        var broken = what switch
        {
            "key" => claim with { PublicKey = "short" },
            "id" => claim with { DeviceId = new string('0', 64) },
            "early" => claim with { SignedAtMs = SignedAt - DeviceProof.MaxSkewMs - 1 },
            "late" => claim with { SignedAtMs = SignedAt + DeviceProof.MaxSkewMs + 1 },
            "far" => claim with { SignedAtMs = long.MinValue },
            "no nonce" => claim with { Nonce = null },
            "other nonce" => claim with { Nonce = Guid.Empty.ToString() },
            "signature" => claim with { Signature = Node },
            _ => claim with { Signature = "" },
        };

        var failure = Check(broken);

        Assert.Equal((code, reason), (failure?.Code, failure?.Reason));
    }

    /// <summary>Devices of protocol 3 had slower clocks.</summary>
    [Theory]
    [InlineData(120_000, false, true)]
    [InlineData(120_001, false, false)]
    [InlineData(599_000, true, true)]
    [InlineData(-600_000, true, true)]
    [InlineData(601_000, true, false)]
    [InlineData(-600_001, true, false)]
    public void A_clock_may_be_wrong_by_so_much(long milliseconds, bool isProtocol3, bool isGood)
    {
        var failure = DeviceProof.Check(Claim(), Connect, Nonce, SignedAt + milliseconds, isProtocol3, isOldAndLocal: false);

        Assert.Equal(isGood ? null : "device-signature-stale", failure?.Reason);
    }

    [Fact]
    public void Another_token_than_the_one_signed_is_noticed()
    {
        var failure = DeviceProof.Check(Claim(), Connect with { Token = "stolen" }, Nonce, SignedAt, isProtocol3: false, isOldAndLocal: false);

        Assert.Equal("device-signature", failure?.Reason);
    }

    [Fact]
    public void More_scopes_than_those_signed_are_noticed()
    {
        var wider = Connect with { Scopes = [.. Connect.Scopes, "operator.admin"] };

        Assert.Equal("device-signature", DeviceProof.Check(Claim(), wider, Nonce, SignedAt, false, false)?.Reason);
    }

    private static DeviceClaim Claim() => new(DeviceId, PublicKey, Version3, SignedAt, Nonce);

    private static ProofFailure? Check(DeviceClaim claim) =>
        DeviceProof.Check(claim, Connect, Nonce, SignedAt, isProtocol3: false, isOldAndLocal: false);
}
