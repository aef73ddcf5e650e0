namespace Chela.Gateway.Tests.Architecture;

/// <summary>Turns a list of places into a test failure that says what to do.</summary>
internal static class Rule
{
    /// <summary>Fails with all places, one per line, and the remedy below them.</summary>
    public static void NothingIn(IEnumerable<string> places, string remedy)
    {
        var found = places.ToList();
        if (found.Count > 0)
        {
            Assert.Fail($"{string.Join('\n', found)}\n\n{remedy}");
        }
    }
}
