using Chela.Gateway.Tests.EndToEnd;
using Chela.Gateway.Tests.Interop;
using Chela.Gateway.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Chela.Gateway.Tests.Support;

/// <summary>Begins with the classes that take longest, so that none of them is left to run alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
        [.. new[] { typeof(NpmSuiteTests), typeof(InterruptedRunTests), typeof(CrashTests), typeof(ChaosTests) }.Select(type => $" {type.FullName} ")];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(collection => Longest.Any(name => $"{collection.TestCollectionDisplayName} ".Contains(name, StringComparison.Ordinal)))];
}
