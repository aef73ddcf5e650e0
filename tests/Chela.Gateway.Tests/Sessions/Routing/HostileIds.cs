using System.Text;

namespace Chela.Gateway.Tests.Sessions.Routing;

/// <summary>Ids as somebody chooses them who wants to be taken for another.</summary>
internal static class HostileIds
{
    public static readonly string[] Known =
    [
        "", "anna", "Anna", "ANNA", "аnna", "anna ", "anna\n", "anna\0", "anna\u200b", "a\u0308", "ä", "\ud800", "\udc00", "😀", "*", "%", "%0061", "~",
        "main", "direct", "dm", "group", "channel", "thread", "topic", "agent", "global", "agent:main:main", "anna:thread:1", "direct:anna",
        "webhook:desk:direct:anna", ":", "::", new('a', 128), new('a', 129), new('A', 128), new(':', 5_000), "Straße", "STRASSE", "İ", "ı", "K",
    ];

    private static readonly string[] Pieces = ["a", "A", ":", "%", "~", "%003a", "thread", "dm", "0", "é", "e\u0301", "\ud83d", "\n", " "];

    /// <summary>The known ones, and others of the pieces that matter.</summary>
    public static IEnumerable<string> Random(Random random, int count) => Known.Concat(Enumerable.Range(0, count).Select(_ =>
    {
        var id = new StringBuilder();
        for (var length = random.Next(0, 40); length > 0; length--)
        {
            id.Append(Pieces[random.Next(Pieces.Length)]);
        }

        return id.ToString();
    }));
}
