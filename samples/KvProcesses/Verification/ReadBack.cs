using KvProcesses.Clients;
using Replication.Errors;
using Replication.Kv;

namespace KvProcesses.Verification;

/// <summary>Reads every key of a ledger linearizably and judges what it finds. No write may be under way.</summary>
/// <param name="client">Reads the keys.</param>
/// <param name="ledger">What the writes were told.</param>
/// <param name="keys">Names of the keys.</param>
public sealed class ReadBack(IStoreClient client, WriteLedger ledger, Func<int, ReadOnlyMemory<byte>> keys)
{
    private const int FindingsMax = 20;
    private const int AttemptsMax = 20;
    private readonly List<string> _findings = [];
    private int _next = -1;
    private long _checked;
    private long _covered;
    private long _lost;
    private long _unread;

    /// <summary>Gets how many keys were read so far.</summary>
    public long Progress => Interlocked.Read(ref _checked);

    /// <summary>Reads and judges.</summary>
    /// <param name="readers">How many reads are under way at a time.</param>
    /// <param name="cancellationToken">Gives up: keys not yet read count as unread.</param>
    /// <returns>The report.</returns>
    public async Task<VerificationReport> RunAsync(int readers, CancellationToken cancellationToken = default)
    {
        await Task.WhenAll(Enumerable.Range(0, readers).Select(_ => ReadKeysAsync(cancellationToken))).ConfigureAwait(
            false);
        return new VerificationReport
        {
            KeysChecked = _checked,
            WritesCovered = _covered,
            Acknowledged = ledger.Acknowledged,
            Indeterminate = ledger.Indeterminate,
            Lost = _lost,
            Unread = _unread,
            Findings = _findings,
        };
    }

    private async Task ReadKeysAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        for (int key = Interlocked.Increment(ref _next); key < ledger.Keys; key = Interlocked.Increment(ref _next))
        {
            Count(key, await JudgeAsync(key, cancellationToken).ConfigureAwait(false));
        }
    }

    private async Task<KeyVerdict> JudgeAsync(int key, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < AttemptsMax && !cancellationToken.IsCancellationRequested; attempt++)
        {
            try
            {
                KeyValueReadResult read = await client.GetAsync(keys(key), cancellationToken).ConfigureAwait(false);
                return ledger.Judge(key, read.Found, read.Value.Span, read.Version.Value);
            }
            catch (ReplicationException e) when (e.IsSafeToRetry)
            {
                await Task.Delay(100, CancellationToken.None).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
        }

        return KeyVerdict.Unread;
    }

    private void Count(int key, KeyVerdict verdict)
    {
        if (verdict == KeyVerdict.Verified)
        {
            Interlocked.Increment(ref _checked);
            Interlocked.Add(ref _covered, ledger.AcknowledgedOf(key));
            return;
        }

        if (verdict == KeyVerdict.Unread)
        {
            Interlocked.Increment(ref _unread);
        }
        else
        {
            Interlocked.Increment(ref _checked);
            Interlocked.Increment(ref _lost);
        }

        lock (_findings)
        {
            if (_findings.Count < FindingsMax)
            {
                _findings.Add($"key {key}: {verdict}");
            }
        }
    }
}
