using System.Diagnostics;
using System.Text;
using KvProcesses.Clients;
using KvProcesses.Verification;
using Replication.Errors;
using Replication.Kv;
using Replication.Primitives;

namespace KvProcesses.Workloads;

/// <summary>Clients that write stamped values and read them, each with one call under way, and enter every outcome into
/// a ledger.</summary>
/// <param name="client">The store.</param>
/// <param name="ledger">What the writes are told; its size is the number of keys.</param>
/// <param name="valueBytes">Length of every value.</param>
public sealed class StampedLoad(IStoreClient client, WriteLedger ledger, int valueBytes)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(10);
    private static long _writers;

    /// <summary>Gets what was done so far.</summary>
    public LoadCounters Counters { get; private set; } = new();

    /// <summary>Gets the clock that measures how long writes stop.</summary>
    public OutageClock Outage { get; } = new();

    /// <summary>Gets the name of a key, as YCSB names its records.</summary>
    /// <param name="key">Its number.</param>
    /// <returns>The name.</returns>
    public static ReadOnlyMemory<byte> KeyName(int key) => Encoding.ASCII.GetBytes($"user{key:d10}");

    /// <summary>Starts to count anew.</summary>
    public void ResetCounters() => Counters = new LoadCounters();

    /// <summary>Writes every key once, until each is acknowledged.</summary>
    /// <param name="clients">How many clients.</param>
    /// <param name="cancellationToken">Ends the load.</param>
    /// <returns>Completes when all keys are written.</returns>
    public async Task WriteAllAsync(int clients, CancellationToken cancellationToken)
    {
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            await Task.Yield();
            Writer writer = new(this);
            for (int key = Interlocked.Increment(ref next); key < ledger.Keys; key = Interlocked.Increment(ref next))
            {
                while (!await writer.WriteAsync(key, cancellationToken).ConfigureAwait(false))
                {
                    await Task.Delay(RetryPause, cancellationToken).ConfigureAwait(false);
                }
            }
        })).ConfigureAwait(false);
    }

    /// <summary>Reads and writes keys of a distribution until told to stop; calls under way are then waited
    /// for.</summary>
    /// <param name="clients">How many clients.</param>
    /// <param name="readShare">Share of reads, from 0 to 1.</param>
    /// <param name="keys">Draws a key.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    /// <param name="cancellationToken">Ends the load.</param>
    /// <returns>Completes when all clients have stopped.</returns>
    public async Task RunAsync(
        int clients, double readShare, Func<SplitMix64, int> keys, ulong seed, CancellationToken cancellationToken) =>
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async number =>
        {
            await Task.Yield();
            SplitMix64 random = new(seed + SplitMix64.Mix((ulong)number));
            Writer writer = new(this);
            while (!cancellationToken.IsCancellationRequested)
            {
                int key = keys(random);
                bool done = random.NextDouble() < readShare
                    ? await ReadAsync(key, cancellationToken).ConfigureAwait(false)
                    : await writer.WriteAsync(key, cancellationToken).ConfigureAwait(false);
                if (!done)
                {
                    await Task.Delay(RetryPause, CancellationToken.None).ConfigureAwait(false);
                }
            }
        })).ConfigureAwait(false);

    private async Task<bool> ReadAsync(int key, CancellationToken cancellationToken)
    {
        LoadCounters counters = Counters;
        long floor = ledger.HighestAcknowledged(key);
        long began = Stopwatch.GetTimestamp();
        try
        {
            KeyValueReadResult read = await client.GetAsync(KeyName(key), cancellationToken).ConfigureAwait(false);
            counters.Reads.Add(Stopwatch.GetElapsedTime(began));
            if (read.Version.Value < floor)
            {
                counters.CountStaleRead();
            }

            return true;
        }
        catch (Exception e) when (e is ReplicationException or OperationCanceledException)
        {
            counters.CountFailedRead();
            return false;
        }
    }

    private async Task<KeyValueWriteResult> PutAsync(int key, ValueStamp stamp, CancellationToken cancellationToken)
    {
        byte[] value = stamp.ToValue(key, valueBytes);
        try
        {
            return await client.PutAsync(KeyName(key), value, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ReplicationException or OperationCanceledException)
        {
            // Nothing was promised about a write that ended without an outcome.
            return new KeyValueWriteResult { Outcome = WriteOutcome.Indeterminate };
        }
    }

    /// <summary>One client: its writes are numbered, and no other client shares its name.</summary>
    private sealed class Writer(StampedLoad load)
    {
        private readonly long _name = (Environment.ProcessId * 1_000_000L) + Interlocked.Increment(ref _writers);
        private long _sequence;

        public async Task<bool> WriteAsync(int key, CancellationToken cancellationToken)
        {
            LoadCounters counters = load.Counters;
            ValueStamp stamp = new(_name, ++_sequence);
            counters.WriteBegins();
            long began = Stopwatch.GetTimestamp();
            KeyValueWriteResult result = await load.PutAsync(key, stamp, cancellationToken).ConfigureAwait(false);
            long ended = Stopwatch.GetTimestamp();
            counters.WriteEnds();
            Enter(key, stamp, result);
            if (result.Outcome != WriteOutcome.Committed)
            {
                return false;
            }

            counters.Writes.Add(Stopwatch.GetElapsedTime(began, ended));
            counters.WriteAcknowledged(ended);
            load.Outage.Acknowledged(began, ended);
            return true;
        }

        private void Enter(int key, ValueStamp stamp, in KeyValueWriteResult result)
        {
            switch (result.Outcome)
            {
                case WriteOutcome.Committed:
                    load.Ledger.AddAcknowledged(key, stamp, result.Id.Index.Value);
                    break;
                case WriteOutcome.Rejected:
                    load.Ledger.AddRejected(key, stamp);
                    break;
                default:
                    load.Ledger.AddIndeterminate(key, stamp);
                    break;
            }
        }
    }

    private WriteLedger Ledger => ledger;
}
