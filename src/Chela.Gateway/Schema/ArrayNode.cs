using System.Globalization;
using System.Text.Json;

namespace Chela.Gateway.Schema;

/// <summary>A list whose items share one shape.</summary>
internal sealed class ArrayNode(ShapeNode item, Length length) : ShapeNode("array")
{
    protected override void CheckValue(ref Utf8JsonReader reader, ProblemList problems)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Mismatch(ref reader, problems);
            return;
        }

        var start = problems.Count;
        var index = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            var before = problems.Count;
            item.Check(ref reader, problems);
            if (problems.Count > before)
            {
                problems.Prefix(before, string.Create(CultureInfo.InvariantCulture, $"/{index}"));
            }
        }

        if (index < length.Min || index > length.Max)
        {
            var own = new ProblemList();
            length.Check(index, "items", own);
            problems.Insert(start, own.ToList()[0]);
        }
    }
}
