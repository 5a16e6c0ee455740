using Replication.Errors;
using Replication.Kv;
using Replication.Kv.Machine;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Engine;
using Replication.Tests.StateMachines;
using static Replication.Tests.StateMachines.TestReplica;

namespace Replication.Tests.Kv;

/// <summary>The store against a dictionary that does the same in the plainest way.</summary>
public sealed class KvModelTests
{
    [Theory]
    [InlineData(1, 6)]
    [InlineData(2, 6)]
    [InlineData(3, 60)]
    public void Random_batches_do_and_answer_what_a_dictionary_would(int seed, int operationsMax)
    {
        var random = new Random(seed);
        using var replica = new TestReplica();
        var model = new SortedDictionary<string, (string Value, long Version)>(StringComparer.Ordinal);
        int failed = 0;
        for (long index = 1; index <= 1_500; index++)
        {
            KeyValueOperation[] batch =
                [.. Enumerable.Range(0, random.Next(1, operationsMax + 1))
                .Select(_ => RandomOperation(random, index, operationsMax))];
            (int expectedFailure, List<string> expected) = Execute(model, batch, index);
            CommandResult result = replica.Apply(index, Command(batch));
            KeyValueStatus status = KeyValueResultCodec.Read(
                result.Body, out int position, out IReadOnlyList<KeyValueOperationResult> results);

            Assert.Equal(expectedFailure < 0 ? KeyValueStatus.Done : KeyValueStatus.ConditionFailed, status);
            Assert.Equal(expectedFailure, position);
            Assert.Equal(expected, results.Select(r => $"{r.Found} {Text(r.Value)} {r.Version}"));
            failed += expectedFailure < 0 ? 0 : 1;
            if (index % 100 == 0)
            {
                replica.Checkpoint();
                replica.Restart();
                AssertSameContent(model, replica);
            }
        }

        Assert.InRange(failed, 100, 1_400);
    }

    [Fact]
    public void Damaged_commands_have_the_same_effect_on_every_replica_and_none_throws_but_for_a_newer_format()
    {
        var random = new Random(13);
        using var one = new TestReplica();
        using var other = new TestReplica();
        int stopped = 0;
        int malformed = 0;
        for (long index = 1; index <= 6_000; index++)
        {
            byte[] payload = Command(
                [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => RandomOperation(random, index, 6))]);
            for (int hits = random.Next(0, 4); hits > 0; hits--)
            {
                payload[random.Next(2, payload.Length)] = (byte)random.Next(256);
            }

            TestEntry entry = Entry(index, index, payload);
            byte[]? answer = Attempt(one, entry);
            Assert.Equal(answer, Attempt(other, entry));
            stopped += answer is null ? 1 : 0;
            malformed += answer is [0, (byte)KeyValueStatus.Malformed, ..] ? 1 : 0;
            if (index % 500 == 0)
            {
                // The other one comes back from its disk at times.
                other.Checkpoint();
                other.Restart();
            }
        }

        Assert.True(stopped > 20 && malformed > 500, $"{stopped} newer, {malformed} malformed.");
        Assert.Equal(one.StateHash(), other.StateHash());
    }

    private static byte[]? Attempt(TestReplica replica, TestEntry entry)
    {
        try
        {
            return replica.Apply(entry).ToArray();
        }
        catch (NewerFormatException)
        {
            return null;
        }
    }

    private static KeyValueOperation RandomOperation(Random random, long index, int keys)
    {
        string key = $"key-{random.Next(keys)}";
        string value = new((char)('a' + random.Next(3)), random.Next(0, 4));
        KeyValueOperationKind kind = random.Next(14) switch
        {
            0 => KeyValueOperationKind.RequireValue,
            1 => KeyValueOperationKind.RequireAbsent,
            2 => KeyValueOperationKind.RequireVersion,
            <= 5 => KeyValueOperationKind.Get,
            <= 7 => KeyValueOperationKind.Delete,
            <= 10 => KeyValueOperationKind.Append,
            _ => KeyValueOperationKind.Put,
        };

        // Many operations in a batch would let hardly any through: then conditions are rare.
        if (keys > 20 && kind >= KeyValueOperationKind.RequireValue && random.Next(25) != 0)
        {
            kind = KeyValueOperationKind.Put;
        }

        return new KeyValueOperation(
            kind, Bytes(key)) { Value = Bytes(value), Version = new LogIndex(random.Next(2) == 0 ? 0 : index) };
    }

    private static (int FailedAt, List<string> Answers) Execute(
        SortedDictionary<string, (string Value, long Version)> model, KeyValueOperation[] batch, long index)
    {
        var work = new Dictionary<string, (string Value, long Version)>(model);
        var answers = new List<string>();
        for (int i = 0; i < batch.Length; i++)
        {
            string key = Text(batch[i].Key);
            string value = Text(batch[i].Value);
            bool found = work.TryGetValue(key, out (string Value, long Version) held);
            string answer = "False  0";
            bool holds = true;
            switch (batch[i].Kind)
            {
                case KeyValueOperationKind.Get:
                    answer = found ? $"True {held.Value} {held.Version}" : answer;
                    break;
                case KeyValueOperationKind.Put:
                    work[key] = (value, index);
                    break;
                case KeyValueOperationKind.Delete:
                    answer = $"{work.Remove(key)}  0";
                    break;
                case KeyValueOperationKind.Append:
                    work[key] = ((found ? held.Value : "") + value, index);
                    break;
                case KeyValueOperationKind.RequireValue:
                    holds = found && held.Value == value;
                    break;
                case KeyValueOperationKind.RequireAbsent:
                    holds = !found;
                    break;
                default:
                    holds = held.Version == batch[i].Version.Value;
                    break;
            }

            if (!holds)
            {
                return (i, []);
            }

            answers.Add(answer);
        }

        model.Clear();
        foreach ((string key, (string Value, long Version) held) in work)
        {
            model[key] = held;
        }

        return (-1, answers);
    }

    private static void AssertSameContent(
        SortedDictionary<string, (string Value, long Version)> model, TestReplica replica)
    {
        using IKeyValueSnapshot snapshot = replica.Engine.CaptureSnapshot();
        Assert.Equal(
            model.Select(m => $"{m.Key} {m.Value.Value} {m.Value.Version}"),
            snapshot.Scan(default, default).Select(r => $"{Text(r.Key)} {Text(r.Value)} {r.Version}"));
    }
}
