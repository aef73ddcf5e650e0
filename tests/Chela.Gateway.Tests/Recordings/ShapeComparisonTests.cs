using System.Text.Json;

namespace Chela.Gateway.Tests.Recordings;

/// <summary>The comparison of the replays can fail.</summary>
public sealed class ShapeComparisonTests
{
    private const string Shape =
        """{"type":"=\"res\"","payload":{"name":"text","size?":"number","rest":"text or null","rows":[{"id":"text"}]},"error?":{"code":"text"}}""";

    [Theory]
    [InlineData("""{"type":"res","payload":{"name":"a","size":1,"rest":null,"rows":[]}}""")]
    [InlineData("""{"type":"res","payload":{"name":"a","rest":"b","rows":[{"id":"x","more":1}],"more":1}}""")]
    [InlineData("""{"type":"req","payload":{"name":"a","rest":"b","rows":[]}}""", "≠ type: \"req\", not =\"res\"")]
    [InlineData("""{"type":"res","payload":{"rest":1,"rows":[{}]}}""", "- payload.name", "≠ payload.rest: 1, not text or null", "- payload.rows[].id")]
    [InlineData("""{"type":"res","payload":[],"more":1}""", "≠ payload: Array, not Object", "+ more")]
    [InlineData(
        """{"type":"res","payload":{"name":"a","rest":"b","rows":[]},"error":{"code":"X","details":{},"stack":""}}""", "+ error.stack")]
    public void Every_difference_is_named_once(string frame, params string[] differences) =>
        Assert.Equal(differences, ShapeComparison.Differences(JsonElement.Parse(Shape), JsonElement.Parse(frame)));

    [Fact]
    public void A_shape_that_was_cut_says_nothing_of_the_rest() =>
        Assert.Empty(ShapeComparison.Differences(JsonElement.Parse("""{"a":"number","…":"number"}"""), JsonElement.Parse("""{"a":1,"b":2}""")));
}
