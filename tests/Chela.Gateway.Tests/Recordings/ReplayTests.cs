using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Recordings;

/// <summary>
/// What clients heard from another gateway of this protocol, they hear from this one: the same frames in the same order, of the same shape,
/// with the same codes and closes. Where this gateway differs on purpose, <c>differences.txt</c> says so.
/// </summary>
[Trait("Requirement", "W5")]
[Trait("Requirement", "W9")]
public sealed class ReplayTests(RecordingFixture fixture) : IClassFixture<RecordingFixture>
{
    /// <summary>Recordings that change the gateway, or need one that is set up otherwise.</summary>
    private static readonly Dictionary<string, (string Name, string Value)[]> Alone = new()
    {
        ["pre-handshake-timeout"] = [("CHELA_GATEWAY__LIMITS__HANDSHAKETIMEOUTMS", "200")],
        ["shutdown-sigterm"] = [],
        ["tick"] = [("CHELA_GATEWAY__TICKINTERVALMS", "200")],
    };

    public static TheoryData<string> Protocol4 => [.. Recording.NamesOf("v4")];

    public static TheoryData<string> Protocol3 => [.. Recording.NamesOf("v3")];

    [Theory]
    [MemberData(nameof(Protocol4))]
    [Trait("Requirement", "A5")]
    public Task A_client_of_protocol_4_hears_what_it_would_hear_elsewhere(string name) => CompareAsync(Recording.Load(name));

    [Theory]
    [MemberData(nameof(Protocol3))]
    [Trait("Requirement", "A5")]
    public Task A_client_of_protocol_3_hears_what_it_would_hear_elsewhere(string name) => CompareAsync(Recording.Load(name));

    [Fact]
    public void Every_known_difference_has_a_reason_and_names_what_was_recorded()
    {
        var heard = Recording.NamesOf("v3").Concat(Recording.NamesOf("v4")).Select(Recording.Load).ToList();

        Assert.All(KnownDifferences.All, known => Assert.True(known.Reason.Length > 10, $"no reason: {known}"));
        Assert.All(KnownDifferences.All, known => Assert.True(heard.Any(known.IsAbout), $"about nothing: {known}"));
    }

    private async Task CompareAsync(Recording recording)
    {
        if (Alone.TryGetValue(recording.Name[3..], out var settings))
        {
            using var folder = new TempFolder();
            await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path) { Environment = settings });
            await CompareAsync(recording, gateway);
        }
        else
        {
            await CompareAsync(recording, fixture.Gateway);
        }
    }

    private async Task CompareAsync(Recording recording, GatewayProcess gateway)
    {
        await using var replay = new Replay(recording, gateway, fixture.Methods);
        await replay.RunAsync();

        var differences = recording.Heard.Keys
            .SelectMany(connection => new Comparison(recording, replay, fixture.Methods).Of(connection))
            .Where(difference => !KnownDifferences.Cover(difference))
            .Distinct()
            .Select(difference => $"{difference}");
        Assert.True(!differences.Any(), $"Mend it, or say in differences.txt why it is so:\n{string.Join('\n', differences)}");
    }
}
