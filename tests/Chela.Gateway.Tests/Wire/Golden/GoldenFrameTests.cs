using Chela.Gateway.Wire.JsonRpc;
using Chela.Gateway.Wire.OpenClaw;
using Chela.Gateway.Wire.OpenClaw.V3;
using Chela.Gateway.Wire.Plain;
using Chela.Gateway.Wire.Session;

namespace Chela.Gateway.Tests.Wire.Golden;

/// <summary>What every dialect reads and writes, byte for byte, as files.</summary>
[Trait("Requirement", "W9")]
public sealed class GoldenFrameTests
{
    private static readonly GoldenFrames OpenClawFrames = new("openclaw-4", new OpenClawDialect());
    private static readonly GoldenFrames OpenClawV3Frames = new("openclaw-3", new OpenClawV3Dialect());
    private static readonly GoldenFrames JsonRpcFrames = new("json-rpc", new JsonRpcDialect());
    private static readonly GoldenFrames PlainFrames = new("plain", new PlainDialect());
    private static readonly GoldenFrames SessionFrames = new("session", new SessionDialect());

    public static TheoryData<string> OpenClaw => Lines(OpenClawFrames);

    public static TheoryData<string> OpenClawV3 => Lines(OpenClawV3Frames);

    public static TheoryData<string> JsonRpc => Lines(JsonRpcFrames);

    public static TheoryData<string> Plain => Lines(PlainFrames);

    public static TheoryData<string> Session => Lines(SessionFrames);

    [Theory]
    [MemberData(nameof(OpenClaw))]
    [Trait("Requirement", "W5")]
    public void The_OpenClaw_dialect_reads_and_writes_its_golden_frames(string line) => OpenClawFrames.Check(line);

    [Theory]
    [MemberData(nameof(OpenClawV3))]
    [Trait("Requirement", "W5")]
    public void The_OpenClaw_dialect_of_protocol_3_reads_and_writes_its_golden_frames(string line) => OpenClawV3Frames.Check(line);

    [Theory]
    [MemberData(nameof(JsonRpc))]
    [Trait("Requirement", "W2")]
    public void The_JSON_RPC_dialect_reads_and_writes_its_golden_frames(string line) => JsonRpcFrames.Check(line);

    [Theory]
    [MemberData(nameof(Plain))]
    [Trait("Requirement", "W3")]
    public void The_plain_dialect_reads_and_writes_its_golden_frames(string line) => PlainFrames.Check(line);

    [Theory]
    [MemberData(nameof(Session))]
    [Trait("Requirement", "W4")]
    public void The_session_dialect_reads_and_writes_its_golden_frames(string line) => SessionFrames.Check(line);

    private static TheoryData<string> Lines(GoldenFrames frames)
    {
        frames.WriteIfAsked();
        return [.. frames.Lines];
    }
}
