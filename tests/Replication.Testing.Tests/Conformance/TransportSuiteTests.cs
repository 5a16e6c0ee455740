using Replication.Testing.Conformance;
using Replication.Testing.Conformance.Transport;
using Replication.Transport.InMemory;

namespace Replication.Testing.Tests.Conformance;

/// <summary>The network in memory keeps to the suite of transports, and each of its cases can fail.</summary>
public sealed class TransportSuiteTests
{
    private static readonly TransportSuite Suite = new(_ => new InMemoryNetwork().CreateTransport);

    public static TheoryData<string> Cases => [.. Suite.Cases.Select(each => each.Name)];

    public static TheoryData<string, string> Plants => new()
    {
        { nameof(Plant.WrongSender), "Messages of each kind arrive unaltered, under the name of their sender" },
        { nameof(Plant.CutsLarge), "A message of a mebibyte arrives unaltered" },
        { nameof(Plant.Broadcasts), "Every node reaches every other one, and nobody else gets the message" },
        { nameof(Plant.Throws), "A message to a node that can't be reached is dropped without an error" },
        { nameof(Plant.DeliversOnSender), "A receiver that stands still does not hold its senders up" },
        { nameof(Plant.SilentBreaks), "The others hear that the way to a node that is gone broke" },
        { nameof(Plant.StaysAway), "A node that comes back is reached again" },
        { nameof(Plant.DisposesOnce), "A transport is disposed twice like once" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public Task The_network_in_memory_keeps_to(string promise) => Suite.RunAsync(promise);

    [Theory]
    [MemberData(nameof(Plants))]
    public async Task A_transport_that_breaks_a_promise_is_found(string plant, string promise)
    {
        TransportSuite suite = new(
            members => new PlantedNetwork(Enum.Parse<Plant>(plant), members).CreateTransport,
            TimeSpan.FromMilliseconds(300));

        ConformanceException found = await Assert.ThrowsAsync<ConformanceException>(() => suite.RunAsync(promise));

        Assert.StartsWith(promise, found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_promise_has_a_transport_that_breaks_it() =>
        Assert.Equal(Suite.Cases.Select(each => each.Name), Plants.Select(row => (string)row[1]));
}
