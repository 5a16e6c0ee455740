using System.Buffers;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Replication.Diagnostics;
using Replication.Hosting;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Transport.InMemory;
using static Replication.Tests.Hosting.HostCluster;

namespace Replication.Tests.Hosting;

public sealed class RegistrationTests
{
    [Fact]
    public async Task A_host_from_services_runs_stores_logs_and_machines_and_is_measured()
    {
        HostApplicationBuilder builder = NewBuilder();
        builder.Services.AddReplication(Configure).UseInMemory(new InMemoryNetwork(), OptionsTests.NewDisk())
            .AddKeyValueStore("orders").AddReplicatedLog("audit").AddStateMachine<Counter>("counter");
        using IHost application = builder.Build();
        List<string> measured = [];
        using MeterListener listener = Listen(application.Services.GetRequiredService<IMeterFactory>(), measured);
        await application.StartAsync();
        ReplicaHost host = application.Services.GetRequiredService<ReplicaHostAccess>().Host;

        Assert.Equal(WriteOutcome.Committed, (await host.KeyValueStore("orders").PutAsync(Bytes("k"),
            Bytes("v"))).Outcome);
        Assert.Equal(1, (await host.ReplicatedLog("audit").AppendAsync(Bytes("r"))).Position);
        StateMachineResult counted = await host.StateMachine<Counter>("counter").ProposeAsync(Bytes("abc"));
        Assert.Equal("3", Text(counted.Result));
        Assert.Equal(3, await host.StateMachine<Counter>("counter").QueryAsync(machine => machine.Total));

        await application.StopAsync();
        Assert.Contains(MetricNames.CommitDuration, measured);
        Assert.Contains(MetricNames.FlushDuration, measured);
    }

    [Fact]
    public async Task The_engines_of_a_host_from_services_may_be_of_another_kind()
    {
        CountingEngines engines = new();
        HostApplicationBuilder builder = NewBuilder();
        builder.Services.AddReplication(Configure).UseInMemory(new InMemoryNetwork(), OptionsTests.NewDisk())
            .UseKeyValueEngine(_ => engines).AddKeyValueStore("orders").AddReplicatedLog("audit");
        using IHost application = builder.Build();
        await application.StartAsync();

        await application.StopAsync();

        Assert.Equal(2, engines.Opened);
    }

    [Fact]
    public async Task A_wrong_setting_stops_the_application_from_starting()
    {
        HostApplicationBuilder builder = NewBuilder();
        builder.Services.AddReplication(options =>
            options.PendingBytesMax = 7).UseInMemory(new InMemoryNetwork(), OptionsTests.NewDisk());
        using IHost application = builder.Build();

        Exception error = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() =>
            application.StartAsync());

        Assert.Contains("PendingBytesMax is 7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_network_the_error_says_what_to_call()
    {
        HostApplicationBuilder builder = NewBuilder();
        builder.Services.AddReplication(Configure).UseStorage(_ => OptionsTests.NewDisk(), _ =>
            new SegmentRecordLogFactory());
        using IHost application = builder.Build();

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            application.StartAsync());

        Assert.Contains("UseGrpc()", error.Message, StringComparison.Ordinal);
    }

    private static HostApplicationBuilder NewBuilder() =>
        new(new HostApplicationBuilderSettings { DisableDefaults = true });

    private static void Configure(ReplicaHostOptions options)
    {
        options.ClusterId = new Guid("6f1b9f0e-8f0b-4a53-a3a5-0d6d6f3d9c11");
        options.NodeId = new NodeId(1);
    }

    private static MeterListener Listen(IMeterFactory factory, List<string> measured)
    {
        MeterListener listener = new()
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == MetricNames.Meter && instrument.Meter.Scope == factory)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) =>
        {
            lock (measured)
            {
                measured.Add(instrument.Name);
            }
        });
        listener.Start();
        return listener;
    }

    private sealed class CountingEngines : IKeyValueEngineFactory
    {
        private readonly CopyOnWriteEngineFactory _inner = new();

        public int Opened { get; private set; }

        public IKeyValueEngine Open(
            IFileSystem files, IRecordLogFactory records, string directory, KeyValueEngineOptions options)
        {
            Opened++;
            return _inner.Open(files, records, directory, options);
        }
    }

    private sealed class Counter : IStateMachine
    {
        public int Total { get; private set; }

        public void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result)
        {
            Total += command.Length;
            result.Write(Bytes($"{Total}").Span);
        }

        public IStateMachineSnapshot CaptureSnapshot() => throw new NotSupportedException();

        public void RestoreSnapshot(Stream source) => throw new NotSupportedException();
    }
}
