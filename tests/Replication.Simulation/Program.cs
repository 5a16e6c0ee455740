using Replication.Simulation;

return Verbs.Run(args, Console.Out);
