using System.Globalization;
using Replication.Kv;
using Replication.Testing.Histories;
using static Harness.Workloads.Keys;

namespace Harness.Workloads;

/// <summary>Transactions of appends to lists and reads of them, each one batch; every element is appended once at
/// most.</summary>
/// <param name="level">Below linearizable, transactions of reads alone are reads one by one at that level: the checker
/// must object.</param>
internal sealed class ListAppendWorkload(ReadConsistency level) : IWorkload
{
    private const int Places = 6;
    private const int StepsMax = 4;
    private const int AppendsPerKey = 60;
    private static readonly HistoryValue Append = HistoryValue.FromText("append");
    private static readonly HistoryValue Read = HistoryValue.FromText("r");
    private readonly long[] _appends = new long[Places];

    /// <inheritdoc/>
    public string Model => "list-append";

    /// <inheritdoc/>
    public Task StepAsync(WorkloadClient client, CancellationToken cancellationToken)
    {
        List<ListStep> steps = [];
        for (int count = client.Random.Next(1, StepsMax + 1); steps.Count < count;)
        {
            int place = client.Random.Next(0, Places);
            bool isAppend = client.Random.Next(0, 2) == 0;
            long number = isAppend ? Interlocked.Increment(ref _appends[place])
                : Math.Max(1, Interlocked.Read(ref _appends[place]));
            steps.Add(new ListStep(place + (Places * ((number - 1) / AppendsPerKey)), isAppend ? number : 0));
        }

        return ExecuteAsync(client, steps, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task ReadAllAsync(WorkloadClient client, CancellationToken cancellationToken)
    {
        for (int place = 0; place < Places; place++)
        {
            long epochs = Math.Max(0, Interlocked.Read(ref _appends[place]) - 1) / AppendsPerKey;
            for (long epoch = 0; epoch <= epochs; epoch++)
            {
                await ExecuteAsync(client, [new ListStep(place + (Places * epoch), 0)], cancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerable<Access> AccessesOf(Operation operation)
    {
        foreach (HistoryValue step in operation.Argument.Items.ToArray())
        {
            yield return new Access(step.Items[1], step.Items[0] == Read);
        }
    }

    private Task ExecuteAsync(
        WorkloadClient client, IReadOnlyList<ListStep> steps, CancellationToken cancellationToken)
    {
        if (level != ReadConsistency.Linearizable && steps.All(step => !step.IsAppend))
        {
            return ReadEachAsync(client, steps, cancellationToken);
        }

        KeyValueBatch batch = new();
        foreach (ListStep step in steps)
        {
            _ = step.IsAppend
                ? batch.Append(step.KeyBytes, Bytes(
                    string.Create(CultureInfo.InvariantCulture, $"{step.Element} ")))
                : batch.Get(step.KeyBytes);
        }

        return client.WriteAsync(
            "txn", HistoryValue.Null, Form(steps, null),
            () => client.Store.WriteAsync(batch, cancellationToken: cancellationToken),
            result => Form(steps, [.. result.Operations.Select(operation => operation.Value)]));
    }

    private Task ReadEachAsync(
        WorkloadClient client, IReadOnlyList<ListStep> steps, CancellationToken cancellationToken) =>
        client.ReadAsync(
            "txn", HistoryValue.Null,
            async () =>
            {
                List<ReadOnlyMemory<byte>> values = [];
                foreach (ListStep step in steps)
                {
                    KeyValueReadResult result = await client.Store.GetAsync(step.KeyBytes, level, cancellationToken)
                        .ConfigureAwait(false);
                    values.Add(result.Value);
                }

                return new Answer(Form(steps, values));
            },
            Form(steps, null));

    private static HistoryValue Form(
        IReadOnlyList<ListStep> steps, List<ReadOnlyMemory<byte>>? values)
    {
        HistoryValue[] form = new HistoryValue[steps.Count];
        for (int i = 0; i < form.Length; i++)
        {
            form[i] = steps[i].IsAppend
                ? HistoryValue.FromList(Append, steps[i].Key, steps[i].Element)
                : HistoryValue.FromList(
                    Read, steps[i].Key, values is null ? HistoryValue.Null : Elements(values[i]));
        }

        return HistoryValue.FromList(form);
    }

    private static HistoryValue Elements(ReadOnlyMemory<byte> value) => HistoryValue.FromList(
        [.. Text(value)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(element => (HistoryValue)Number(element))]);

    private readonly record struct ListStep(long Key, long Element)
    {
        public bool IsAppend => Element > 0;

        public byte[] KeyBytes => Bytes(string.Create(CultureInfo.InvariantCulture, $"l{Key}"));
    }
}
