using Chela.Load;

var plan = LoadPlan.Parse(args);
switch (plan.Mode)
{
    case LoadMode.Hold:
        return await new Crowd(plan).RunAsync();
    case LoadMode.Deaf:
        return await new DeafCrowd(plan).RunAsync();
    case LoadMode.Resume:
        using (var trial = new ResumeTrial(plan))
        {
            return await trial.RunAsync();
        }

    case LoadMode.Runs:
        return await RunLoad.RunAsync(plan);

    default:
        return await RequestLoad.RunAsync(plan);
}
